global using HoiAm.EndToEnd.Tests.Support;
