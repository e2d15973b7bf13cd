using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace HoiAm.Tidy.Tests.Support;

/// <summary>
/// The public surface of an assembly as text, a line per member: nullability, <c>init</c> and <c>required</c> included, in ordinal order, so
/// that a change of the surface is a change of a reviewed file.
/// </summary>
internal static class ApiDump
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(Header(type)).Append('\n');
            foreach (var line in Members(type).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                text.Append("  ").Append(line).Append('\n');
            }

            text.Append('\n');
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static string Header(Type type)
    {
        var isRecord = type.GetMethod("<Clone>$") is not null || type.GetMethod("PrintMembers", Declared)?.IsDefined(typeof(CompilerGeneratedAttribute)) == true;
        var kind = type.IsEnum ? "enum"
            : type.IsInterface ? "interface"
            : typeof(Delegate).IsAssignableFrom(type) ? "delegate"
            : (isRecord ? "record " : "") + (type.IsValueType ? "struct" : "class");
        var modifiers = type is { IsAbstract: true, IsSealed: true } ? "static "
            : type.IsAbstract && !type.IsInterface ? "abstract "
            : type.IsSealed && type.IsClass && kind != "delegate" ? "sealed "
            : type.IsValueType && !type.IsEnum && type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly "
            : "";
        var bases = type.GetInterfaces().Where(i => i.IsPublic && !i.IsGenericType).Select(TypeText.Plain).Order(StringComparer.Ordinal).ToList();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum) && parent != typeof(MulticastDelegate))
        {
            bases.Insert(0, TypeText.Plain(parent));
        }

        var under = type.IsEnum ? " : " + TypeText.Plain(type.GetEnumUnderlyingType()) : bases.Count > 0 && !type.IsEnum ? " : " + string.Join(", ", bases) : "";
        return $"{modifiers}{kind} {type.Namespace}.{TypeText.Plain(type)}{under}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Select(n => string.Create(CultureInfo.InvariantCulture, $"{Convert.ToInt64(Enum.Parse(type, n), CultureInfo.InvariantCulture),6} {n}"));
        }

        return type.GetMembers(Declared).Select(Line).OfType<string>();
    }

    private static string? Line(MemberInfo member) => member switch
    {
        FieldInfo field when IsSeen(field) => Field(field),
        ConstructorInfo constructor when IsSeen(constructor) => "new(" + Parameters(constructor) + ")",
        PropertyInfo property when IsSeen(property.GetMethod) || IsSeen(property.SetMethod) => Property(property),
        EventInfo happening when IsSeen(happening.AddMethod) => "event " + TypeText.Of(happening) + " " + happening.Name,
        MethodInfo method when IsSeen(method) && IsWritten(method) => Method(method),
        _ => null,
    };

    private static bool IsSeen(FieldInfo field) => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly;

    private static bool IsSeen(MethodBase? method) => method is not null && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly);

    // What the compiler adds to records and properties is said by the words "record" and "get" already.
    private static bool IsWritten(MethodInfo method) =>
        !method.IsDefined(typeof(CompilerGeneratedAttribute)) && !(method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal));

    private static string Field(FieldInfo field) => field.IsLiteral
        ? $"const {TypeText.Of(field)} {field.Name} = {Value(field.GetRawConstantValue())}"
        : $"{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{TypeText.Of(field)} {field.Name}";

    private static string Property(PropertyInfo property)
    {
        var accessor = property.GetMethod ?? property.SetMethod!;
        var isInit = property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;
        var get = IsSeen(property.GetMethod) ? "get; " : "";
        var set = !IsSeen(property.SetMethod) ? "" : isInit ? "init; " : "set; ";
        var index = property.GetIndexParameters() is { Length: > 0 } ? "this[" + Parameters(property.GetIndexParameters()) + "]" : property.Name;
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        return $"{Modifiers(accessor)}{required}{TypeText.Of(property)} {index} {{ {get}{set}}}";
    }

    private static string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethodDefinition ? "<" + string.Join(", ", method.GetGenericArguments().Select(a => a.Name)) + ">" : "";
        return $"{Modifiers(method)}{TypeText.Of(method.ReturnParameter)} {method.Name}{generic}({Parameters(method)})";
    }

    private static string Modifiers(MethodBase method)
    {
        var isInterface = method.DeclaringType!.IsInterface;
        return (method.IsFamily ? "protected " : "") + (method.IsStatic ? "static " : "")
            + (method.IsAbstract && !isInterface ? "abstract " : method.IsVirtual && !method.IsFinal && !isInterface ? "virtual " : "");
    }

    private static string Parameters(MethodBase method)
    {
        var isExtension = method.IsDefined(typeof(ExtensionAttribute));
        return (isExtension ? "this " : "") + Parameters(method.GetParameters());
    }

    private static string Parameters(ParameterInfo[] parameters) => string.Join(", ", parameters.Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var way = parameter.IsOut ? "out " : parameter.IsIn && parameter.ParameterType.IsByRef ? "in " : parameter.ParameterType.IsByRef ? "ref " : "";
        var array = parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        var value = parameter.HasDefaultValue ? " = " + Value(parameter.RawDefaultValue) : "";
        return $"{array}{way}{TypeText.Of(parameter)} {parameter.Name}{value}";
    }

    private static string Value(object? value) => value switch
    {
        null => "default",
        string text => "\"" + text + "\"",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
