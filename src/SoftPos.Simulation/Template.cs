using System.Text.Json.Nodes;
using SoftPos.Simulation.Outside;
using SoftPos.Simulation.Phones;
using SoftPos.Simulation.Schedule;

namespace SoftPos.Simulation;

/// <summary>
/// An installation with enrolled phones, made once for many runs: keys and enrolment are the slow part, and no run is about them. It is made by
/// the same code without faults.
/// </summary>
internal sealed class Template
{
    private readonly string _folder;

    private Template(string folder, DateTimeOffset end, byte[] channelKey, IReadOnlyList<EnrolledPhone> phones)
    {
        _folder = folder;
        End = end;
        ChannelKey = channelKey;
        Phones = phones;
    }

    /// <summary>When the runs begin.</summary>
    public DateTimeOffset End { get; }

    public byte[] ChannelKey { get; }

    public IReadOnlyList<EnrolledPhone> Phones { get; }

    public static Template Create(string folder, int phones)
    {
        using World world = new(1, new SimulationOptions(), folder, null);
        world.Node.Start();
        if (!world.Node.IsUp)
        {
            throw new InvalidOperationException($"a back end without faults does not start: {FaultsOf(world)}");
        }

        byte[] channelKey = Convert.FromBase64String(Get(world, "GET", "/sandbox/v1/channel-key")["publicKey"]!.GetValue<string>());
        List<EnrolledPhone> enrolled = [];
        for (int i = 0; i < phones; i++)
        {
            string code = Get(world, "POST", "/sandbox/v1/activation-codes")["code"]!.GetValue<string>();
            SimulatedPhone phone = world.AddPhone(channelKey, null);
            Terminal.TrustResult? trust = null;
            phone.Busy = world.Board.Start($"{phone.Name} enrols", Party.Phone, async () => trust = await phone.Terminal.ActivateAsync(code).ConfigureAwait(false));
            while (!phone.IsIdle)
            {
                world.CalmStep();
            }

            if (trust is not { CanPay: true })
            {
                throw new InvalidOperationException($"a good phone was not enrolled: {trust?.Reason?.Code} {phone.Busy.Fault}");
            }

            enrolled.Add(new EnrolledPhone(phone.Blobs, phone.Hardware));
        }

        string made = world.NextFolder();
        world.Node.DieAsync(made).GetAwaiter().GetResult();
        return new Template(made, world.Clock.Now + TimeSpan.FromMinutes(1), channelKey, enrolled);
    }

    public void CopyTo(string folder)
    {
        foreach (string file in Directory.GetFiles(_folder))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }
    }

    private static string FaultsOf(World world) => string.Join("; ", world.Board.Failed.Select(static each => $"{each.Name}: {each.Fault}"));

    private static JsonNode Get(World world, string method, string path)
    {
        WireAnswer? answer = null;
        Operation asked = world.Ask("make", method, path, null, [], given => answer = given);
        return answer is { Status: 200 }
            ? JsonNode.Parse(answer.Body)!
            : throw new InvalidOperationException($"{path} answered {answer?.Status} {asked.Fault}");
    }
}
