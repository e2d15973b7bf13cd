using System.Reflection;

namespace HoiAm.Tidy.Tests.Support;

/// <summary>Types as C# writes them, with question marks where null is allowed.</summary>
internal static class TypeText
{
    private static readonly NullabilityInfoContext s_nullability = new();

    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(void)] = "void", [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(short)] = "short", [typeof(ushort)] = "ushort",
        [typeof(int)] = "int", [typeof(uint)] = "uint", [typeof(long)] = "long", [typeof(ulong)] = "ulong", [typeof(char)] = "char",
        [typeof(string)] = "string", [typeof(object)] = "object", [typeof(decimal)] = "decimal", [typeof(double)] = "double",
    };

    public static string Of(FieldInfo field) => Of(s_nullability.Create(field));

    public static string Of(PropertyInfo property) => Of(s_nullability.Create(property));

    public static string Of(EventInfo happening) => Of(s_nullability.Create(happening));

    public static string Of(ParameterInfo parameter) => Of(s_nullability.Create(parameter));

    /// <summary>A type without any word on null.</summary>
    public static string Plain(Type type)
    {
        if (s_keywords.TryGetValue(type, out var keyword))
        {
            return keyword;
        }

        if (type.IsArray)
        {
            return Plain(type.GetElementType()!) + "[]";
        }

        var name = Name(type);
        return type.IsGenericType ? name + "<" + string.Join(", ", type.GetGenericArguments().Select(Plain)) + ">" : name;
    }

    private static string Of(NullabilityInfo info)
    {
        var type = info.Type.IsByRef ? info.Type.GetElementType()! : info.Type;
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Plain(underlying) + "?";
        }

        var mark = !type.IsValueType && (info.ReadState == NullabilityState.Nullable || info.WriteState == NullabilityState.Nullable) ? "?" : "";
        if (type.IsArray)
        {
            return (info.ElementType is { } element ? Of(element) : Plain(type.GetElementType()!)) + "[]" + mark;
        }

        var isTold = type.IsGenericType && info.GenericTypeArguments.Length == type.GetGenericArguments().Length;
        return (isTold ? Name(type) + "<" + string.Join(", ", info.GenericTypeArguments.Select(Of)) + ">" : Plain(type)) + mark;
    }

    private static string Name(Type type)
    {
        var name = type.Name.Split('`')[0];
        return type is { IsNested: true, IsGenericParameter: false } ? Name(type.DeclaringType!) + "." + name : name;
    }
}
