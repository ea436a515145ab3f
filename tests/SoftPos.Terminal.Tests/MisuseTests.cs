using System.Reflection;
using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>What an integrator cannot do: the surface that is handed out has no way to it.</summary>
public sealed class MisuseTests
{
    private static readonly Type[] Exported = typeof(SoftPosTerminal).Assembly.GetExportedTypes();

    [Fact]
    [Requirement("INT-01", Partly = true)]
    [Requirement("CHN-01", Partly = true)]
    public void The_options_have_no_switch_and_no_transport()
    {
        string[] options = [.. typeof(TerminalOptions).GetProperties().Select(static property => property.Name).Order(StringComparer.Ordinal)];
        Assert.Equal(["Backend", "CardTimeout", "ChannelKey", "Language", "Platform", "ServerAuthorities", "ServerKeyPins", "Taps"], options);
        Assert.DoesNotContain(Exported.SelectMany(PublicParameters), static type =>
            typeof(HttpMessageHandler).IsAssignableFrom(type) || typeof(HttpClient).IsAssignableFrom(type) || typeof(Stream).IsAssignableFrom(type)
            || typeof(Delegate).IsAssignableFrom(type));
    }

    [Fact]
    [Requirement("CHN-01")]
    public void The_way_to_the_back_end_is_one_class_of_the_SDK_that_nobody_outside_can_reach_replace_or_derive_from()
    {
        const BindingFlags Everything = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        static bool IsTransport(Type type) => typeof(HttpMessageInvoker).IsAssignableFrom(type) || typeof(HttpMessageHandler).IsAssignableFrom(type)
            || type == typeof(System.Net.Sockets.Socket) || type == typeof(SealedRequest) || type == typeof(BackendLink);
        Type[] all = typeof(SoftPosTerminal).Assembly.GetTypes();
        Assert.Equal([typeof(BackendLink)], all.Where(type => type.GetFields(Everything).Any(field => field.FieldType == typeof(HttpClient))));
        Assert.True(typeof(BackendLink) is { IsPublic: false, IsSealed: true });
        Assert.All(typeof(BackendLink).GetConstructors(Everything), static constructor => Assert.True(constructor.IsPrivate));
        Assert.DoesNotContain(Exported.SelectMany(static type => type.GetProperties()), static property => IsTransport(property.PropertyType));
        Assert.DoesNotContain(Exported.SelectMany(static type => type.GetMethods()), static method =>
            IsTransport(method.ReturnType) || method.GetParameters().Any(static parameter => IsTransport(parameter.ParameterType)));
    }

    [Fact]
    [Requirement("INT-01", Partly = true)]
    public void Nobody_outside_can_make_or_look_into_a_platform()
    {
        const BindingFlags Everything = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        Assert.All(typeof(TerminalPlatform).GetConstructors(Everything), static constructor => Assert.True(constructor.IsAssembly));
        Assert.All(
            typeof(TerminalPlatform).GetProperties(Everything).Select(static property => property.GetMethod!).Concat(typeof(TerminalPlatform).GetMethods(Everything)),
            static method => Assert.False(method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly, method.Name));
    }

    [Fact]
    [Requirement("INT-01", Partly = true)]
    public void The_host_apps_screen_is_told_and_cannot_answer() =>
        Assert.All(typeof(IPaymentUi).GetMethods(), static method => Assert.Equal(typeof(void), method.ReturnType));

    [Fact]
    [Requirement("INT-01", Partly = true)]
    public void A_verdict_and_a_result_cannot_be_made_from_a_probe_or_a_flag() =>
        Assert.DoesNotContain(Exported, static type => type.Name.Contains("Probe", StringComparison.Ordinal) || type.Name.Contains("Guard", StringComparison.Ordinal)
            || type.Name.Contains("Evidence", StringComparison.Ordinal));

    /// <summary>What a host app can hand in. A listener of an event is told and hands in nothing.</summary>
    private static IEnumerable<Type> PublicParameters(Type type) =>
    [
        .. type.GetConstructors().SelectMany(static made => made.GetParameters()).Select(static parameter => parameter.ParameterType),
        .. type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(static method => !(method.IsSpecialName && method.ReturnType == typeof(void) && method.Name.StartsWith("add_", StringComparison.Ordinal))
                && !method.Name.StartsWith("remove_", StringComparison.Ordinal))
            .SelectMany(static method => method.GetParameters()).Select(static parameter => parameter.ParameterType),
    ];
}
