using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace SoftPos.Storage;

/// <summary>Which terminals were enrolled with which attestation certificates.</summary>
public sealed class AttestationCertificateStore
{
    private readonly Database _database;

    internal AttestationCertificateStore(Database database) => _database = database;

    /// <summary>The brands of the terminals that used a certificate, one for each terminal.</summary>
    /// <param name="serial">Unpadded lower-case hex.</param>
    /// <param name="most">How many are read at most.</param>
    /// <param name="cancellation">Cancellation.</param>
    public ValueTask<List<string>> BrandsAsync(string serial, int most, CancellationToken cancellation = default) => _database.ReadAsync(
        session => session.Rows(
            "SELECT brand FROM attestation_certificate WHERE serial = $1 LIMIT $2", static r => r.GetString(0), serial, most)!,
        cancellation);

    /// <summary>Terminals that have any of these certificates in a chain.</summary>
    /// <param name="serials">Unpadded lower-case hex.</param>
    /// <param name="cancellation">Cancellation.</param>
    public ValueTask<List<Guid>> TerminalsWithAsync(IEnumerable<string> serials, CancellationToken cancellation = default)
    {
        string list = JsonSerializer.Serialize(serials, SerialJson.Default.IEnumerableString);
        return _database.ReadAsync(
            session => session.Rows(
                "SELECT DISTINCT terminal_id FROM attestation_certificate WHERE serial IN (SELECT value FROM json_each($1))",
                static (SqliteDataReader r) => r.Identity(0),
                list),
            cancellation);
    }
}

/// <summary>Changes of attestation certificates.</summary>
public static class AttestationCertificateWrites
{
    /// <summary>Notes the certificates of a terminal's chains.</summary>
    /// <param name="change">The change.</param>
    /// <param name="terminalId">The terminal.</param>
    /// <param name="brand">Maker's brand, lower case; empty when unknown.</param>
    /// <param name="serials">Unpadded lower-case hex.</param>
    public static Change AddAttestationCertificates(this Change change, Guid terminalId, string brand, IReadOnlyList<string> serials) =>
        change.Write((session, _) =>
        {
            foreach (string serial in serials)
            {
                session.Execute(
                    "INSERT INTO attestation_certificate(serial, terminal_id, brand) VALUES($1, $2, $3) ON CONFLICT DO NOTHING",
                    serial,
                    terminalId.ToColumn(),
                    brand);
            }
        });
}

/// <summary>JSON form of a list of serials.</summary>
[System.Text.Json.Serialization.JsonSerializable(typeof(IEnumerable<string>))]
internal sealed partial class SerialJson : System.Text.Json.Serialization.JsonSerializerContext;
