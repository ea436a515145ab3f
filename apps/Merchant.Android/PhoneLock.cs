using Android.Hardware.Biometrics;
using Android.OS;

namespace SoftPos.Merchant;

/// <summary>Asks the person to prove by the phone's own lock to be allowed. A phone without a lock proves nothing, and the answer is no.</summary>
internal static class PhoneLock
{
    public static async Task<bool> ProveAsync(Activity screen, string title)
    {
        if (screen.GetSystemService(Android.Content.Context.KeyguardService) is not KeyguardManager { IsDeviceSecure: true } || screen.MainExecutor is not { } executor)
        {
            return false;
        }

        TaskCompletionSource<bool> proven = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationSignal cancel = new();
        using BiometricPrompt prompt = new BiometricPrompt.Builder(screen)
            .SetTitle(title)
            .SetAllowedAuthenticators((int)(BiometricManagerAuthenticators.BiometricStrong | BiometricManagerAuthenticators.DeviceCredential))
            .SetConfirmationRequired(true)
            .Build();
        using Answer answer = new(proven);
        prompt.Authenticate(cancel, executor, answer);
        return await proven.Task.ConfigureAwait(true);
    }

    private sealed class Answer(TaskCompletionSource<bool> proven) : BiometricPrompt.AuthenticationCallback
    {
        public override void OnAuthenticationSucceeded(BiometricPrompt.AuthenticationResult? result) => proven.TrySetResult(true);

        public override void OnAuthenticationError(BiometricErrorCode errorCode, Java.Lang.ICharSequence? errString) => proven.TrySetResult(false);
    }
}
