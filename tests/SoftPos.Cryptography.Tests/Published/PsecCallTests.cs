using System.Security.Cryptography;

namespace SoftPos.Cryptography.Published;

/// <summary>PIN blocks, PIN verification, CVV, MACs and key blocks against the calls recorded from psec's own tests.</summary>
public class PsecCallTests
{
    private const string Suite = "psec";

    [Theory]
    [InlineData("encode_pinblock_iso_0", PinBlockFormat.Iso0)]
    [InlineData("encode_pinblock_iso_2", PinBlockFormat.Iso2)]
    [InlineData("encode_pinblock_iso_3", PinBlockFormat.Iso3)]
    public void Encoded_blocks_are_equal_but_for_the_random_fill(string function, PinBlockFormat format)
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        Check(function, call =>
        {
            string pan = call.Has("pan") ? call.Digits("pan") : "";
            byte[] block = new byte[8];
            PinBlock.Encode(format, call.Digits("pin"), pan, random, block);
            if (format is not PinBlockFormat.Iso3)
            {
                return block;
            }

            Span<char> pin = new char[12];
            Assert.True(PinBlock.TryDecode(format, call.Result, pan, pin, out int length));
            Assert.Equal(call.Digits("pin"), pin[..length].ToString());
            return call.Result;
        });
    }

    [Theory]
    [InlineData("decode_pinblock_iso_0", PinBlockFormat.Iso0)]
    [InlineData("decode_pinblock_iso_2", PinBlockFormat.Iso2)]
    [InlineData("decode_pinblock_iso_3", PinBlockFormat.Iso3)]
    public void Decoded_pins_are_equal(string function, PinBlockFormat format) => CheckText(function, call =>
    {
        char[] pin = new char[12];
        return PinBlock.TryDecode(format, call.Hex("pinblock"), call.Has("pan") ? call.Digits("pan") : "", pin, out int length)
            ? new string(pin, 0, length)
            : null;
    });

    [Fact]
    public void Pin_and_pan_fields_of_format_4_are_equal()
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        CheckText("decode_pin_field_iso_4", call =>
        {
            char[] pin = new char[12];
            return PinBlock.TryDecodePinField(call.Hex("pin_field"), pin, out int length) ? new string(pin, 0, length) : null;
        });
        Check("encode_pan_field_iso_4", call =>
        {
            byte[] field = new byte[16];
            PinBlock.EncodePanField(call.Digits("pan"), field);
            return field;
        });
        Check("encode_pin_field_iso_4", call =>
        {
            byte[] field = new byte[16];
            PinBlock.EncodePinField(call.Digits("pin"), random, field);
            return field;
        });
    }

    [Fact]
    public void Format_4_under_aes_is_equal()
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        CheckText("decipher_pinblock_iso_4", call =>
        {
            using PinEncryptionKey key = PinEncryptionKey.Import(PinCipher.Aes, call.Hex("key"));
            char[] pin = new char[12];
            return PinCipherText.TryDecipher(key, PinBlockFormat.Iso4, call.Hex("pin_block"), call.Digits("pan"), pin, out int length)
                ? new string(pin, 0, length)
                : null;
        });
        foreach (RecordedCall call in RecordedCall.Of(Suite, "encipher_pinblock_iso_4"))
        {
            using PinEncryptionKey key = PinEncryptionKey.Import(PinCipher.Aes, call.Hex("key"));
            byte[] block = new byte[16];
            if (call.IsError)
            {
                Assert.ThrowsAny<ArgumentException>(
                    () => PinCipherText.Encipher(key, PinBlockFormat.Iso4, call.Digits("pin"), call.Digits("pan"), random, block));
                continue;
            }

            char[] pin = new char[12];
            Assert.True(PinCipherText.TryDecipher(key, PinBlockFormat.Iso4, call.Result, call.Digits("pan"), pin, out int length));
            Assert.Equal(call.Digits("pin"), new string(pin, 0, length));
        }
    }

    [Fact]
    public void Card_verification_values_are_equal() => CheckText("generate_cvv", call =>
        CardVerification.ComputeCvv(call.Hex("cvk"), call.Digits("pan"), call.Digits("expiry"), call.Digits("service_code")));

    [Fact]
    public void Visa_pvvs_are_equal() => CheckText("generate_visa_pvv", call =>
        PinVerification.ComputeVisaPvv(call.Hex("pvk"), call.Digits("pvki"), call.Digits("pin"), call.Digits("pan")));

    [Fact]
    public void Ibm_3624_pins_and_offsets_are_equal()
    {
        CheckText("generate_ibm3624_pin", call => PinVerification.ComputeIbm3624Pin(
            call.Hex("pvk"), call.Digits("conversion_table"), call.Digits("offset"), ValidationData(call)));
        CheckText("generate_ibm3624_offset", call => PinVerification.ComputeIbm3624Offset(
            call.Hex("pvk"), call.Digits("conversion_table"), call.Digits("pin"), ValidationData(call)));
    }

    [Fact]
    public void Macs_are_equal()
    {
        Check("generate_retail_mac", call =>
        {
            byte[] mac = new byte[MacLength(call)];
            RetailMac.Compute(call.Hex("key1"), call.Hex("key2"), call.Hex("data"), (MacPadding)call.Number("padding"), mac);
            return mac;
        });
        Check("generate_cbc_mac", call =>
        {
            byte[] mac = new byte[MacLength(call)];
            RetailMac.ComputeCbcMac(call.Hex("key"), call.Hex("data"), (MacPadding)call.Number("padding"), mac);
            return mac;
        });
    }

    [Theory]
    [InlineData("encrypt_tdes_ecb")]
    [InlineData("decrypt_tdes_ecb")]
    [InlineData("encrypt_tdes_cbc")]
    [InlineData("decrypt_tdes_cbc")]
    public void Data_that_is_no_whole_block_is_refused(string function)
    {
        foreach (RecordedCall call in RecordedCall.Of(Suite, function))
        {
            Assert.True(call.IsError);
            byte[] output = new byte[call.Hex("data").Length];
            Assert.Throws<ArgumentException>(() => Run(function, call, output));
        }

        static void Run(string function, RecordedCall call, byte[] output)
        {
            switch (function)
            {
                case "encrypt_tdes_ecb":
                    Tdes.EncryptEcb(call.Hex("key"), call.Hex("data"), output);
                    break;
                case "decrypt_tdes_ecb":
                    Tdes.DecryptEcb(call.Hex("key"), call.Hex("data"), output);
                    break;
                case "encrypt_tdes_cbc":
                    Tdes.EncryptCbc(call.Hex("key"), call.Hex("iv"), call.Hex("data"), output);
                    break;
                default:
                    Tdes.DecryptCbc(call.Hex("key"), call.Hex("iv"), call.Hex("data"), output);
                    break;
            }
        }
    }

    [Theory]
    [InlineData("pad_iso_1", MacPadding.Method1)]
    [InlineData("pad_iso_2", MacPadding.Method2)]
    [InlineData("pad_iso_3", MacPadding.Method3)]
    public void Padded_texts_are_equal(string function, MacPadding padding) => Check(function, call =>
    {
        byte[] data = call.Hex("data");
        int blockLength = call.Has("block_size") ? call.Number("block_size") : 8;
        byte[] padded = new byte[PaddedText.Length(data.Length, padding, blockLength)];
        PaddedText.Write(data, padding, blockLength, padded);
        return padded;
    });

    private static Ibm3624ValidationData ValidationData(RecordedCall call) =>
        new(call.Digits("pan"), call.Number("pan_verify_offset"), call.Number("pan_verify_length"), Padding(call));

    private static char Padding(RecordedCall call) =>
        call.Digits("pan_pad") is [char one] ? one : throw new ArgumentException("a typed filling digit is one character");

    private static int MacLength(RecordedCall call) => call.Has("length") ? call.Number("length") : 8;

    private static void Check(string function, Func<RecordedCall, byte[]> compute)
    {
        foreach (RecordedCall call in RecordedCall.Of(Suite, function))
        {
            if (call.IsError)
            {
                Assert.ThrowsAny<ArgumentException>(() => compute(call));
            }
            else
            {
                Assert.Equal(call.Result, compute(call));
            }
        }
    }

    private static void CheckText(string function, Func<RecordedCall, string?> compute)
    {
        foreach (RecordedCall call in RecordedCall.Of(Suite, function))
        {
            string? result = null;
            try
            {
                result = compute(call);
            }
            catch (ArgumentException) when (call.IsError)
            {
                // A fault of the caller, told by an exception.
            }

            Assert.Equal(call.IsError ? null : call.ResultText, result);
        }
    }
}
