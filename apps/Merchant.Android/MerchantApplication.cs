using Android.Runtime;

namespace SoftPos.Merchant;

/// <summary>
/// The application. It runs in both processes, so it does nothing: the SDK's process must load no code of the app before its own.
/// </summary>
[Register("org.opensoftpos.merchant.MerchantApplication")]
public sealed class MerchantApplication(IntPtr javaReference, JniHandleOwnership transfer) : Application(javaReference, transfer);
