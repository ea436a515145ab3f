using System.Security.Cryptography;
using System.Text;
using SoftPos.Contract;
using SoftPos.Emv;
using SoftPos.Emv.Configuration;
using SoftPos.Emv.Replay;

namespace SoftPos.Fuzz;

/// <summary>Files of recorded taps, and what a recording may hold.</summary>
internal static class TapTargets
{
    private const string Seed = """
        {"format":"opensoftpos-tap","version":1,"masked":false,"recordedAt":"2026-11-24T10:30:00.0000000Z",
         "configuration":{"version":"1","environment":"lab","terminal":{"country":276,"currency":978},
           "combinations":[{"aid":"A0000000031010","kernel":"03","transactions":["purchase"],"ttq":"25004000"},
                           {"aid":"A0000000041010","kernel":"02","transactions":["purchase"],"transactionLimit":100000},
                           {"aid":"A0000000651010","kernel":"05","transactions":["purchase"],"transactionLimit":100000,"kernel5":{"legacyMode":true}}]},
         "transaction":{"kind":"purchase","amount":1250,"other":0,"currency":978,"date":"2026-11-24","time":"10:30:00.0000000","sequence":1},
         "preProcessing":true,"torn":[{"at":"2026-11-24T10:29:00.0000000","objects":{"5A":"5413330000001513"}},
           {"kernel":5,"at":"2026-11-24T10:29:30.0000000","objects":{"57":"3540599999991047D30122010000000000","DF8113":"00","DF8114":"80"}}],
         "steps":[
          {"us":0,"out":"show","with":{"status":"ReadyToRead","holdMs":"0","message":"PresentCard"}},{"us":1,"out":"field-on"},{"us":2,"in":"card"},
          {"us":3,"out":"command","with":{"apdu":"00A404000E325041592E5359532E444446303100"}},
          {"us":4,"in":"response","apdu":"6F2A840E325041592E5359532E4444463031A518BF0C1561134F07A0000000031010500456495341870101 9000","tenthsMs":11},
          {"us":5,"out":"command","with":{"apdu":"00A4040007A000000003101000"}},
          {"us":6,"in":"random","bytes":"01020304"},{"us":7,"in":"field-error","fault":"timeout"},{"us":8,"in":"stop"}]}
        """;

    private static readonly ECDsa Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static byte[] PublicKey => Key.ExportSubjectPublicKeyInfo();

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("tap-recording", [Encoding.UTF8.GetBytes(Seed)], Replay),
        new("tap-mask", [Convert.FromHexString("7019570F5413330000001513D3012201000000FF5A0854133300000015139000")], Mask),
        new("reader-configuration", [Encoding.UTF8.GetBytes("""{"version":"1","environment":"lab","terminal":{"country":276,"currency":978},"combinations":[]}""")],
            static input => _ = ReaderConfigurationReader.TryRead(input, "fuzz", out _, out _)),
        new("reader-configuration-message", [Signed(), new ReaderConfigurationQuestion { Version = 3 }.Encode()], static input =>
        {
            _ = ReaderConfigurationMessage.TryVerify(input, PublicKey, out _);
            _ = ReaderConfigurationQuestion.TryDecode(input, out _);
        }),
    ];

    private static byte[] Signed() => new ReaderConfigurationMessage
    {
        Version = 1, Scope = "default", IssuedAt = DateTimeOffset.UnixEpoch, Document = "{}"u8.ToArray(),
    }.Sign(new SeedKey(Key));

    private static void Replay(byte[] input)
    {
        if (TapRecordingReader.TryRead(input, "fuzz", out TapRecording? recording, out _))
        {
            _ = TapReplay.Run(recording);
            _ = TapRecordingWriter.Write(recording);
        }
    }

    /// <summary>The input is a response of a card in a tap that is recorded masked.</summary>
    private static void Mask(byte[] input)
    {
        if (!TapRecordingReader.TryRead(Encoding.UTF8.GetBytes(Seed), "seed", out TapRecording? seed, out _))
        {
            throw new InvalidOperationException("the seed cannot be read");
        }

        TapRecorder recorder = new(new SoftPos.Emv.EntryPoint.ContactlessReader(), TimeProvider.System);
        recorder.Start(seed.Request, seed.Configuration, static () => [1, 2, 3, 4]);
        recorder.Step(new ReaderEvent.CardDetected());
        recorder.Step(new ReaderEvent.CardResponse(input));
        recorder.Step(new ReaderEvent.Stop());
        _ = TapReplay.Run(recorder.Take()!);
    }
}
