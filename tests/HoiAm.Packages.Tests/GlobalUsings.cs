global using HoiAm.EndToEnd.Tests.Support;
global using HoiAm.Testing;
