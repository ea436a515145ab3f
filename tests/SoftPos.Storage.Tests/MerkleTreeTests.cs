using System.Buffers.Binary;

namespace SoftPos.Storage.Tests;

public sealed class MerkleTreeTests
{
    // The worked example: seven entries and the roots of their eight trees.
    private static readonly string[] Entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"];

    private static readonly string[] Roots =
    [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    ];

    private const string Leaf2 = "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7";
    private const string Leaf3 = "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7";
    private const string Root4To7 = "837dbb152e9b079010717e84e865da4ebc0fa198a806d59d31bf15accef22d0e";

    [Fact]
    public void The_worked_example_gives_its_roots()
    {
        MerkleFrontier frontier = MerkleFrontier.Empty();
        Assert.Equal(Roots[0], MerkleTree.Hex(frontier.Root()));
        for (int i = 0; i < Entries.Length; i++)
        {
            frontier.Append(MerkleTree.LeafHash(Convert.FromHexString(Entries[i])));
            Assert.Equal(Roots[i + 1], MerkleTree.Hex(frontier.Root()));
            MerkleFrontier restored = MerkleFrontier.FromBytes(frontier.Size, frontier.ToBytes())!;
            Assert.Equal(Roots[i + 1], MerkleTree.Hex(restored.Root()));
        }
    }

    [Fact]
    public void The_worked_proofs_verify_and_no_changed_one_does()
    {
        byte[][] inclusion = [Bytes(Leaf3), Bytes(Roots[2]), Bytes(Root4To7)];
        Assert.Equal(Leaf2, MerkleTree.Hex(MerkleTree.LeafHash([0x10])));
        Assert.True(MerkleTree.VerifyInclusion(2, 7, Bytes(Leaf2), inclusion, Bytes(Roots[7])));
        byte[] node = Bytes("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a");
        Assert.True(MerkleTree.VerifyInclusion(6, 7, MerkleTree.LeafHash(Bytes(Entries[6])), [node, Bytes(Roots[4])], Bytes(Roots[7])));
        byte[][] consistency = [Bytes(Leaf2), Bytes(Leaf3), Bytes(Roots[2]), Bytes(Root4To7)];
        Assert.True(MerkleTree.VerifyConsistency(3, 7, Bytes(Roots[3]), Bytes(Roots[7]), consistency));
        Assert.True(MerkleTree.VerifyConsistency(4, 7, Bytes(Roots[4]), Bytes(Roots[7]), [Bytes(Root4To7)]));
        for (int bit = 0; bit < 3 * 256; bit++)
        {
            byte[][] changed = [.. inclusion.Select(p => p.ToArray())];
            changed[bit / 256][bit % 256 / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(MerkleTree.VerifyInclusion(2, 7, Bytes(Leaf2), changed, Bytes(Roots[7])));
        }

        Assert.False(MerkleTree.VerifyInclusion(2, 7, Bytes(Leaf2), [.. inclusion, Bytes(Leaf2)], Bytes(Roots[7])));
        Assert.False(MerkleTree.VerifyInclusion(2, 7, Bytes(Leaf2), inclusion[..2], Bytes(Roots[7])));
        Assert.False(MerkleTree.VerifyInclusion(3, 7, Bytes(Leaf2), inclusion, Bytes(Roots[7])));
        Assert.False(MerkleTree.VerifyInclusion(7, 7, Bytes(Leaf2), inclusion, Bytes(Roots[7])));
        Assert.False(MerkleTree.VerifyConsistency(3, 7, Bytes(Roots[2]), Bytes(Roots[7]), consistency));
        Assert.False(MerkleTree.VerifyConsistency(3, 7, Bytes(Roots[3]), Bytes(Roots[6]), consistency));
    }

    [Fact]
    public void Any_proof_gives_an_answer_and_no_exception()
    {
        uint state = 20_261_124;
        uint Next() => state = unchecked((state * 1_664_525) + 1_013_904_223);
        for (int round = 0; round < 20_000; round++)
        {
            byte[][] proof = [.. Enumerable.Range(0, (int)(Next() >> 16) % 70).Select(_ => new byte[Next() % 50 == 0 ? 31 : 32])];
            long size = unchecked((long)(((ulong)Next() << 32) | Next())) >> (int)(Next() % 64);
            long index = unchecked((long)(((ulong)Next() << 32) | Next())) >> (int)(Next() % 64);
            byte[] root = new byte[32];
            BinaryPrimitives.WriteUInt32BigEndian(root, Next());
            Assert.False(MerkleTree.VerifyInclusion(index, size, root, proof, new byte[32]));
            MerkleTree.VerifyConsistency(index, size, root, new byte[32], proof);
        }
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex);
}
