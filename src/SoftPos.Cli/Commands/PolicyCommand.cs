using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using SoftPos.Attestation.Appraisal;
using SoftPos.Attestation.Claims;
using SoftPos.Attestation.Policy;
using SoftPos.Contract;

namespace SoftPos.Cli.Commands;

/// <summary><c>softpos policy …</c>: look at an appraisal policy, test it, and ask it why.</summary>
internal static class PolicyCommand
{
    private const int Failed = 1;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create()
    {
        Command policy = new("policy", "Check, test and explain appraisal policies; change and simulate the one in force.")
        {
            Lint(), Test(), Explain(), Schema(),
        };
        foreach (Command version in (Command[])[.. PolicyVersionCommands.All(), .. RolloutCommands.All(), ExceptionCommands.Create()])
        {
            policy.Subcommands.Add(version);
        }

        return policy;
    }

    private static Argument<string> File() => new("file")
    {
        Description = $"Policy, YAML or JSON; the word {PolicyFiles.Shipped} means the one that ships.",
    };

    private static Command Lint()
    {
        Argument<string> file = File();
        Option<bool> json = StackOptions.Json();
        Command command = new("lint", "Compile a policy and say what is wrong or odd in it, with the place.") { file, json };
        command.SetAction(parsed =>
        {
            byte[] document = PolicyFiles.Read(parsed.GetValue(file)!);
            bool compiled = CompiledPolicy.TryCompile(document, null, out CompiledPolicy? policy, out IReadOnlyList<PolicyFault> faults);
            IReadOnlyList<PolicyFault> notes = compiled ? PolicyLint.Of(document, TimeProvider.System.GetUtcNow()) : [];
            if (parsed.GetValue(json))
            {
                Print(new JsonObject
                {
                    ["compiles"] = compiled,
                    ["rules"] = policy?.Rules.Count,
                    ["hash"] = policy?.HashHex,
                    ["faults"] = new JsonArray([.. faults.Select(Line)]),
                    ["notes"] = new JsonArray([.. notes.Select(Line)]),
                });
            }
            else
            {
                foreach (PolicyFault fault in faults)
                {
                    Console.Out.WriteLine($"fault  {fault}");
                }

                foreach (PolicyFault note in notes)
                {
                    Console.Out.WriteLine($"note   {note}");
                }

                Console.Out.WriteLine(compiled ? $"{policy!.Name} {policy.Version}: {policy.Rules.Count} rules, {policy.HashHex}" : $"{faults.Count} faults");
            }

            return compiled ? 0 : Failed;
        });
        return command;
    }

    private static Command Test()
    {
        Argument<string> file = File();
        Option<string?> cases = new("--cases") { Description = "File of cases; beside the policy as NAME.cases.yaml when not given." };
        Option<bool> json = StackOptions.Json();
        Command command = new("test", "Run the cases that stand beside a policy.") { file, cases, json };
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(file)!;
            PolicyCases read = PolicyFiles.ReadCases(path, parsed.GetValue(cases));
            CompiledPolicy policy = PolicyFiles.Compile(PolicyFiles.Read(path), read.Values);
            PolicyCaseResult[] results = [.. read.All.Select(one => one.Run(policy))];
            int wrong = results.Count(result => result.Wrong.Count > 0);
            string[] untested = [.. policy.Rules.Select(rule => rule.Id).Except(results.SelectMany(result => result.Result.Findings).Select(finding => finding.Rule))];
            if (parsed.GetValue(json))
            {
                Print(new JsonObject
                {
                    ["passed"] = results.Length - wrong,
                    ["failed"] = wrong,
                    ["cases"] = new JsonArray([.. results.Select(result => (JsonNode)new JsonObject
                    {
                        ["name"] = result.Case.Name,
                        ["verdict"] = result.Result.Verdict.ToString().ToLowerInvariant(),
                        ["wrong"] = new JsonArray([.. result.Wrong.Select(text => (JsonNode)text)]),
                    })]),
                    ["rulesWithoutCase"] = new JsonArray([.. untested.Select(rule => (JsonNode)rule)]),
                });
            }
            else
            {
                foreach (PolicyCaseResult result in results)
                {
                    Console.Out.WriteLine($"{(result.Wrong.Count == 0 ? "pass" : "FAIL")}  {result.Case.Name}");
                    foreach (string text in result.Wrong)
                    {
                        Console.Out.WriteLine($"      {text}");
                    }
                }

                Console.Out.WriteLine($"{results.Length - wrong} passed, {wrong} failed; {policy.Rules.Count - untested.Length} of {policy.Rules.Count} rules found something");
            }

            return wrong == 0 ? 0 : Failed;
        });
        return command;
    }

    private static Command Explain()
    {
        Argument<string> file = File();
        Argument<string?> rule = new("rule") { Description = "Identity of a rule, such as boot.locked.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> claims = new("--claims") { Description = "JSON of claims by name, or @file; what the policy makes of them is told." };
        Option<string> stage = new("--stage") { Description = "enrolment, evidence, play or apple.", DefaultValueFactory = _ => "evidence" };
        Option<string> ring = new("--ring") { Description = "Ring of the terminal.", DefaultValueFactory = _ => AppraisalContext.Production };
        Option<string> language = new("--language") { Description = "Language of merchant texts.", DefaultValueFactory = _ => "en" };
        Command command = new("explain", "Say in plain words what a policy or one rule asks, or why claims are refused.") { file, rule, claims, stage, ring, language };
        command.SetAction(parsed =>
        {
            CompiledPolicy policy = PolicyFiles.Compile(PolicyFiles.Read(parsed.GetValue(file)!), null);
            string tongue = parsed.GetValue(language)!;
            if (parsed.GetValue(claims) is { } text)
            {
                PolicyStage asked = Enum.TryParse(parsed.GetValue(stage), ignoreCase: true, out PolicyStage word) && Enum.IsDefined(word) ? word
                    : throw new CommandException($"--stage {parsed.GetValue(stage)}: expected enrolment, evidence, play or apple");
                AppraisalContext context = new() { Time = TimeProvider.System.GetUtcNow(), Ring = parsed.GetValue(ring)!, EvidenceHash = new string('0', 64) };
                PolicyWords.Tell(new Appraiser(policy).Appraise(asked, PolicyFiles.ReadClaims(text), [], context), tongue, Console.Out);
                return 0;
            }

            string? wanted = parsed.GetValue(rule);
            PolicyRule[] rules = [.. policy.Rules.Where(one => wanted is null || one.Id == wanted)];
            if (rules.Length == 0)
            {
                throw new CommandException($"no rule {wanted}; softpos policy explain {parsed.GetValue(file)} lists them all");
            }

            foreach (PolicyRule one in rules)
            {
                PolicyWords.Tell(one, tongue, Console.Out);
            }

            return 0;
        });
        return command;
    }

    private static Command Schema()
    {
        Command command = new("schema", "Print the JSON Schema of policies.");
        command.SetAction(_ =>
        {
            Print(PolicySchema.Create());
            return 0;
        });
        return command;
    }

    private static JsonNode Line(PolicyFault fault) => new JsonObject { ["path"] = fault.Path, ["message"] = fault.Message };

    private static void Print(JsonObject answer) => Console.Out.WriteLine(answer.ToJsonString(Indented));
}
