namespace HoiAm.Sending.Tests;

public sealed class OtpCodeTests
{
    private static readonly OtpCode s_code = new("0901888484", "1NTTJ6", Sandbox.Now.AddMinutes(5));

    [Theory]
    [InlineData("1NTTJ6", true)]
    [InlineData(" 1nttj6 ", true)]
    [InlineData("1NTTJ7", false)]
    [InlineData("", false)]
    public void Guess_IsRightInAnyCasing(string guess, bool right)
    {
        Assert.Equal(right, OtpCode.Verify(s_code, guess, Sandbox.Now, out var after));
        Assert.Equal((right, right ? 0 : 1), (after!.IsUsed, after.WrongGuesses));
    }

    [Fact]
    public void UsedExpiredAndUnknownCode_AreAllInvalid()
    {
        Assert.True(OtpCode.Verify(s_code, s_code.Code, s_code.ExpiresAt.AddTicks(-1), out var used));
        Assert.False(OtpCode.Verify(used, s_code.Code, Sandbox.Now, out _));
        Assert.False(OtpCode.Verify(s_code, s_code.Code, s_code.ExpiresAt, out _));
        Assert.False(OtpCode.Verify(null, s_code.Code, Sandbox.Now, out _));
    }

    [Fact]
    public void TenWrongGuesses_VoidTheCode()
    {
        OtpCode? code = s_code;
        for (var i = 0; i < OtpCode.WrongGuessesMax; i++)
        {
            Assert.False(OtpCode.Verify(code, "wrong", Sandbox.Now, out code));
        }

        Assert.False(OtpCode.Verify(code, s_code.Code, Sandbox.Now, out _));
    }

    [Fact]
    public void NewText_HasTheAskedLengthAndAlphabet()
    {
        var last = 0;
        Assert.Equal("0123456789", OtpCode.NewText(10, digitsOnly: true, bound => last++ % bound));
        Assert.Equal(new string('9', 20), OtpCode.NewText(20, digitsOnly: false, bound => bound - 1));
    }
}
