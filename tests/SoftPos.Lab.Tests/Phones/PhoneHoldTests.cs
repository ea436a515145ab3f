using SoftPos.Lab.VirtualTerminal;

namespace SoftPos.Lab.Tests.Phones;

/// <summary>Two processes must not act as one phone: the back end would take them for a clone.</summary>
public sealed class PhoneHoldTests
{
    [Fact]
    public async Task A_phone_is_held_once_and_is_free_when_it_is_let_go()
    {
        DirectoryInfo place = Directory.CreateTempSubdirectory("softpos-hold-");
        try
        {
            string phone = Path.Combine(place.FullName, "phone");
            IDisposable first = await TakeAsync(phone);
            PhoneInUseException held = await Assert.ThrowsAsync<PhoneInUseException>(() => TakeAsync(phone + Path.DirectorySeparatorChar));
            Assert.Contains(phone, held.Message, StringComparison.Ordinal);
            (await TakeAsync(phone + "-2")).Dispose();
            first.Dispose();
            (await TakeAsync(phone)).Dispose();
        }
        finally
        {
            place.Delete(recursive: true);
        }
    }

    private static Task<IDisposable> TakeAsync(string folder) =>
        PhoneHold.TakeAsync(folder, TimeSpan.Zero, TimeProvider.System, TestContext.Current.CancellationToken);
}
