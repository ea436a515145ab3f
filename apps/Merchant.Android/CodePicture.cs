using Android.Graphics;
using QRCoder;

namespace SoftPos.Merchant;

/// <summary>Draws a QR code.</summary>
internal static class CodePicture
{
    private const int Scale = 8;

    /// <summary>The code as a picture; null for a text that fits in none.</summary>
    public static Bitmap? Draw(string text)
    {
        QRCodeData data;
        try
        {
            using QRCodeGenerator generator = new();
            data = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.M, forceUtf8: true);
        }
        catch (QRCoder.Exceptions.DataTooLongException)
        {
            return null;
        }

        using (data)
        {
            int size = data.ModuleMatrix.Count * Scale;
            int[] dots = new int[size * size];
            for (int at = 0; at < dots.Length; at++)
            {
                bool isDark = data.ModuleMatrix[at / size / Scale][at % size / Scale];
                dots[at] = isDark ? Color.Black.ToArgb() : Color.White.ToArgb();
            }

            return Bitmap.CreateBitmap(dots, size, size, Bitmap.Config.Argb8888!);
        }
    }
}
