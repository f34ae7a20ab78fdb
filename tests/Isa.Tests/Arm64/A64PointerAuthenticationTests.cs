using RcuEmu.Isa.Arm64;

namespace RcuEmu.Isa.Tests.Arm64;

/// <summary>
/// Pointer authentication against what DDI 0487 says of it: D8.10, "Pointer authentication", and J1.3, "aarch64/functions/pac". Words
/// from the GNU assembler (-march=armv8.5-a).
/// </summary>
public sealed class A64PointerAuthenticationTests
{
    private const ulong High = 0x0123_4567_89ab_cdef, Low = 0xfedc_ba98_7654_3210;
    private const uint PaciaX0X1 = 0xdac10020, AutiaX0X1 = 0xdac11020, AutibX0X1 = 0xdac11420, XpaciX0 = 0xdac143e0, PacgaX0X1X2 = 0x9ac23020;
    private const uint Paciasp = 0xd503233f, Autiasp = 0xd50323bf, Xpaclri = 0xd50320ff, Retaa = 0xd65f0bff, BlraaX0X1 = 0xd73f0801;
    private const uint LdraaX0X1 = 0xf8208c20; // ldraa x0, [x1, #64]!

    // TCR_EL1: 48 and 52 bits, without and with a tag in each half.
    private static readonly ulong[] Forms = [0, (1UL << 37) | (1UL << 38), 12 | (12 << 16), 12 | (12 << 16) | (1UL << 37) | (1UL << 38)];

    [Theory]
    [InlineData(A64PointerAuthentication.PAuth)]
    [InlineData(A64PointerAuthentication.PAuth2)]
    public void A_signed_pointer_authenticates_to_itself_and_strips_to_itself(A64PointerAuthentication kind)
    {
        var random = new Random(1);
        foreach ((A64PointerCodes codes, int bits, bool hasTag) in Each(kind))
        {
            for (int i = 0; i < 1000; i++)
            {
                ulong pointer = Canonical(random, bits, hasTag), modifier = (ulong)random.NextInt64(), signed = codes.Add(pointer, modifier, High, Low, isData: true);

                Assert.Equal(pointer, codes.Authenticate(signed, modifier, High, Low, isData: true, isKeyB: false, out bool passes));
                Assert.True(passes);
                Assert.Equal(pointer, codes.Strip(signed, isData: true));
                Assert.Equal((pointer >> 55) & 1, (signed >> 55) & 1);
                Assert.Equal(0UL, (pointer ^ signed) & ((1UL << bits) - 1));
                if (hasTag)
                    Assert.Equal(pointer >> 56, signed >> 56);
            }
        }
    }

    // A code of 15 bits (48 bits of address) collides once in 32768, of 3 bits (52 bits and a tag) once in 8.
    [Theory]
    [InlineData(A64PointerAuthentication.PAuth)]
    [InlineData(A64PointerAuthentication.PAuth2)]
    public void Another_modifier_key_or_address_does_not_authenticate(A64PointerAuthentication kind)
    {
        var random = new Random(2);
        foreach ((A64PointerCodes codes, int bits, bool hasTag) in Each(kind))
        {
            int passed = 0;
            for (int i = 0; i < 1000; i++)
            {
                ulong pointer = Canonical(random, bits, hasTag), modifier = (ulong)random.NextInt64(), signed = codes.Add(pointer, modifier, High, Low, isData: true);
                ulong bit = 1UL << random.Next(64), low = 1UL << random.Next(bits);
                passed += Passes(codes, signed, modifier ^ bit, High, Low) + Passes(codes, signed, modifier, High ^ bit, Low)
                    + Passes(codes, signed, modifier, High, Low ^ bit) + Passes(codes, signed ^ low, modifier, High, Low);
            }

            int codeBits = (hasTag ? 55 : 63) - bits;
            Assert.InRange(passed, 0, ((4000 >> codeBits) * 5 / 4) + 4);
        }
    }

    // "error_code = key_number:NOT(key_number)" in bits 62:61, or 54:53 below a tag.
    [Theory]
    [InlineData(0UL, 0xffff_8000_1234_5678, false, 0xbfff_8000_1234_5678)]
    [InlineData(0UL, 0xffff_8000_1234_5678, true, 0xdfff_8000_1234_5678)]
    [InlineData(0UL, 0x0000_7000_1234_5678, false, 0x2000_7000_1234_5678)]
    [InlineData(0UL, 0x0000_7000_1234_5678, true, 0x4000_7000_1234_5678)]
    [InlineData(1UL << 38, 0xffff_8000_1234_5678, false, 0xffbf_8000_1234_5678)]
    [InlineData(1UL << 37, 0xaa00_7000_1234_5678, true, 0xaa40_7000_1234_5678)]
    public void A_failed_authentication_leaves_the_manuals_error_code(ulong tcr, ulong pointer, bool isKeyB, ulong expected)
    {
        var codes = new A64PointerCodes(tcr, has52Bits: false, A64PointerAuthentication.PAuth);
        ulong signed = codes.Add(pointer, 1, High, Low, isData: true);
        ulong wrong = signed ^ (1UL << 50);

        Assert.Equal(expected, codes.Authenticate(wrong, 1, High, Low, isData: true, isKeyB, out bool passes));
        Assert.False(passes);
    }

    // With FEAT_PAuth2 what is wrong in the code is what is left in the pointer.
    [Fact]
    public void With_pauth2_a_failed_authentication_leaves_the_difference()
    {
        var codes = new A64PointerCodes(0, has52Bits: false, A64PointerAuthentication.PAuth2);
        ulong signed = codes.Add(0xffff_8000_1234_5678, 1, High, Low, isData: false);

        ulong result = codes.Authenticate(signed ^ (5UL << 48), 1, High, Low, isData: false, isKeyB: false, out bool passes);

        Assert.Equal(0xfffa_8000_1234_5678, result);
        Assert.False(passes);
    }

    // "if !IsZero(...) && !IsOnes(...) then PAC<top_bit-1> = NOT(PAC<top_bit-1>)".
    [Theory]
    [InlineData(0x0001_7000_1234_5678)]
    [InlineData(0xfff0_8000_1234_5678)]
    [InlineData(0x8000_7000_1234_5678)]
    public void A_pointer_that_is_not_canonical_is_signed_so_that_it_fails(ulong pointer)
    {
        foreach (A64PointerAuthentication kind in (A64PointerAuthentication[])[A64PointerAuthentication.PAuth, A64PointerAuthentication.PAuth2])
        {
            var codes = new A64PointerCodes(0, has52Bits: false, kind);
            ulong signed = codes.Add(pointer, 7, High, Low, isData: false);

            codes.Authenticate(signed, 7, High, Low, isData: false, isKeyB: false, out bool passes);

            Assert.False(passes);
        }
    }

    // TBID1: instruction pointers have no tag although data pointers do.
    [Fact]
    public void Tbid_gives_the_top_byte_of_instruction_pointers_to_the_code()
    {
        var codes = new A64PointerCodes((1UL << 38) | (1UL << 52), has52Bits: false, A64PointerAuthentication.PAuth);

        Assert.Equal(0xffff_8000_0000_1000, codes.Strip(0x12ff_8000_0000_1000, isData: false));
        Assert.Equal(0x12ff_8000_0000_1000UL, codes.Strip(0x1280_8000_0000_1000, isData: true));
    }

    [Fact]
    public void Pacia_and_autia_use_the_key_and_the_modifier_of_their_operands()
    {
        using var memory = new A64TestMemory();
        A64TestCore core = Make(memory, A64PointerAuthentication.PAuth);
        core.SetX(0, 0xffff_8000_0000_1000);
        core.SetX(1, 42);
        Assert.Equal(Flow.Next, Run(ref core, PaciaX0X1));
        ulong signed = core.X(0);
        Assert.NotEqual(0xffff_8000_0000_1000, signed);
        Assert.Equal(Flow.Next, Run(ref core, AutiaX0X1));
        Assert.Equal(0xffff_8000_0000_1000, core.X(0));

        core.SetX(0, signed); // the other key
        Run(ref core, AutibX0X1);
        Assert.Equal(0xdfff_8000_0000_1000, core.X(0));

        core.SetX(0, signed);
        Run(ref core, XpaciX0);
        Assert.Equal(0xffff_8000_0000_1000, core.X(0));
    }

    [Fact]
    public void The_hints_use_x30_and_sp()
    {
        using var memory = new A64TestMemory();
        A64TestCore core = Make(memory, A64PointerAuthentication.Fpac);
        core.SetX(30, 0xffff_8000_0000_1000);
        core.SetX(A64Slot.Sp, 0x5000);
        Run(ref core, Paciasp);
        ulong signed = core.X(30);
        Assert.NotEqual(0xffff_8000_0000_1000, signed);
        Run(ref core, Autiasp);
        Assert.Equal(0xffff_8000_0000_1000, core.X(30));
        core.SetX(30, signed);
        Run(ref core, Xpaclri);
        Assert.Equal(0xffff_8000_0000_1000, core.X(30));

        core.SetX(30, signed);
        core.SetX(A64Slot.Sp, 0x5010);
        Assert.Equal(Flow.Event, Run(ref core, Autiasp));
        Assert.Equal((GuestEventKind.PointerAuthentication, signed), (core.Event, core.Detail));
        Assert.Equal(signed, core.X(30));
    }

    [Theory]
    [InlineData(A64PointerAuthentication.PAuth, Flow.Branch)]
    [InlineData(A64PointerAuthentication.Fpac, Flow.Branch)]
    [InlineData(A64PointerAuthentication.FpacCombine, Flow.Event)]
    public void A_combined_instruction_faults_with_fpaccombine_only(A64PointerAuthentication kind, Flow expected)
    {
        using var memory = new A64TestMemory();
        A64TestCore core = Make(memory, kind);
        core.SetX(A64Slot.Sp, 0x5000);
        core.SetX(30, 0xffff_8000_0000_1000);
        Run(ref core, Paciasp);
        Assert.Equal(Flow.Branch, Run(ref core, Retaa));
        Assert.Equal(0xffff_8000_0000_1000, core.Next);

        core.SetX(30, core.X(30) ^ (1UL << 49));
        core.Next = 0;
        Assert.Equal(expected, Run(ref core, Retaa));
        Assert.NotEqual(0xffff_8000_0000_1000, core.Next);
    }

    [Fact]
    public void Blraa_links_and_ldraa_loads_and_writes_back_what_was_authenticated()
    {
        using var memory = new A64TestMemory();
        A64TestCore core = Make(memory, A64PointerAuthentication.FpacCombine);
        core.Pc = 0x1000;
        core.SetX(0, 0x4000);
        core.SetX(1, 9);
        Run(ref core, PaciaX0X1);
        Assert.Equal(Flow.Branch, Run(ref core, BlraaX0X1));
        Assert.Equal(0x4000UL, core.Next);
        Assert.Equal(0x1004UL, core.X(30));

        core.SetX(1, A64TestMemory.Base);
        core.Store(A64TestMemory.Base + 64, 8, Access.Plain, 0x1122);
        Run(ref core, 0xdac12be1); // pacdza x1
        Assert.Equal(Flow.Next, Run(ref core, LdraaX0X1));
        Assert.Equal((0x1122UL, A64TestMemory.Base + 64), (core.X(0), core.X(1)));
    }

    // "X[d] = ComputePAC(X[n], X[m], APGAKey)<63:32> : Zeros(32)".
    [Fact]
    public void Pacga_leaves_the_lower_half_zero_and_depends_on_both_operands()
    {
        using var memory = new A64TestMemory();
        A64TestCore core = Make(memory, A64PointerAuthentication.PAuth);
        core.SetX(1, 1);
        core.SetX(2, 2);
        Run(ref core, PacgaX0X1X2);
        ulong first = core.X(0);
        core.SetX(2, 3);
        Run(ref core, PacgaX0X1X2);

        Assert.Equal((0u, 0u), ((uint)first, (uint)core.X(0)));
        Assert.NotEqual(first, core.X(0));
        Assert.NotEqual(0UL, first);
    }

    [Theory]
    [InlineData(PaciaX0X1)]
    [InlineData(Paciasp)]
    [InlineData(AutiaX0X1)]
    public void A_key_that_sctlr_disables_changes_nothing(uint word)
    {
        using var memory = new A64TestMemory();
        A64TestCore core = Make(memory, A64PointerAuthentication.FpacCombine);
        core.Named![A64SystemRegisters.SctlrEl1] = 0;
        (ulong x0, ulong x30) = (0x1234_8000_0000_1000, 0x4321_8000_0000_1000);
        core.SetX(0, x0);
        core.SetX(30, x30);

        Assert.Equal(Flow.Next, Run(ref core, word));

        Assert.Equal((x0, x30), (core.X(0), core.X(30)));
    }

    private static A64TestCore Make(A64TestMemory memory, A64PointerAuthentication kind)
    {
        var random = new Random(3);
        var core = new A64TestCore(memory)
        {
            Authentication = kind,
            Named = new Dictionary<int, ulong> { [A64SystemRegisters.SctlrEl1] = (1UL << 31) | (1UL << 30) | (1UL << 27) | (1UL << 13) },
        };
        foreach (int register in (int[])
            [A64SystemRegisters.ApiaKeyLoEl1, A64SystemRegisters.ApibKeyLoEl1, A64SystemRegisters.ApdaKeyLoEl1, A64SystemRegisters.ApgaKeyLoEl1])
        {
            core.Named[register] = (ulong)random.NextInt64();
            core.Named[register + 1] = (ulong)random.NextInt64();
        }

        return core;
    }

    private static Flow Run(ref A64TestCore core, uint word) => A64TestRun.Of(A64Decoder.Decode(word, out A64Insn insn))(ref core, insn);

    private static IEnumerable<(A64PointerCodes Codes, int Bits, bool HasTag)> Each(A64PointerAuthentication kind) =>
        Forms.Select(tcr => (new A64PointerCodes(tcr, has52Bits: true, kind), (tcr & 63) == 12 ? 52 : 48, tcr >> 37 != 0))
            .Select(form => form.Item2 == 48 ? (new A64PointerCodes(form.Item3 ? Forms[1] : 0, has52Bits: false, kind), 48, form.Item3) : form);

    private static ulong Canonical(Random random, int bits, bool hasTag)
    {
        ulong low = (ulong)random.NextInt64() & ((1UL << bits) - 1);
        ulong pointer = random.Next(2) == 0 ? low : low | (ulong.MaxValue << bits);
        return hasTag ? (pointer & (ulong.MaxValue >> 8)) | ((ulong)random.Next(256) << 56) : pointer;
    }

    private static int Passes(A64PointerCodes codes, ulong signed, ulong modifier, ulong high, ulong low)
    {
        codes.Authenticate(signed, modifier, high, low, isData: true, isKeyB: false, out bool passes);
        return passes ? 1 : 0;
    }
}
