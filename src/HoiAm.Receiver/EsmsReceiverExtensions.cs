using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace HoiAm.Receiver;

/// <summary>Puts receivers into an application.</summary>
public static class EsmsReceiverExtensions
{
    private static readonly string[] s_methods = ["GET", "POST"];

    /// <summary>Makes <see cref="MapEsmsCallback(IEndpointRouteBuilder, string, Func{EsmsCallback, CancellationToken, Task})"/> possible.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Settings of every receiver.</param>
    public static IServiceCollection AddEsmsReceiver(this IServiceCollection services, Action<EsmsReceiverOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton<ReceiverHost>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ReceiverHost>(s => s.GetRequiredService<ReceiverHost>()));
        if (configure is not null)
        {
            services.AddSingleton(new Configuration(configure));
        }

        return services;
    }

    /// <summary>The same, and an <see cref="EsmsReceiver"/> that controllers can ask for; its handler is a service of its own scope each time.</summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Settings of every receiver.</param>
    public static IServiceCollection AddEsmsReceiver<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        this IServiceCollection services, Action<EsmsReceiverOptions>? configure = null)
        where THandler : class, IEsmsCallbackHandler
    {
        services.AddEsmsReceiver(configure);
        services.TryAddScoped<THandler>();
        services.TryAddSingleton(s => s.GetRequiredService<ReceiverHost>().Add("default", Options(s), Scoped<THandler>(s)));
        return services;
    }

    /// <summary>Receives callbacks at a path, by GET and POST.</summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="pattern">The path, for example <c>/hook</c>.</param>
    /// <param name="handler">Takes each callback; see <see cref="IEsmsCallbackHandler.HandleAsync"/>.</param>
    public static IEndpointConventionBuilder MapEsmsCallback(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern, Func<EsmsCallback, CancellationToken, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        ArgumentNullException.ThrowIfNull(handler);
        var services = endpoints.ServiceProvider;
        var host = services.GetService<ReceiverHost>()
            ?? throw new InvalidOperationException("The services for callbacks are missing: call builder.Services.AddEsmsReceiver() first.");
        var receiver = host.Add(pattern, Options(services), handler);
        return endpoints.MapMethods(pattern, s_methods, receiver.ReceiveAsync).WithDisplayName("eSMS callback " + pattern);
    }

    /// <summary>Receives callbacks at a path; the handler is a registered service, made anew in a scope of its own for each try.</summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <param name="endpoints">The application.</param>
    /// <param name="pattern">The path, for example <c>/hook</c>.</param>
    public static IEndpointConventionBuilder MapEsmsCallback<THandler>(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern)
        where THandler : class, IEsmsCallbackHandler
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        return endpoints.MapEsmsCallback(pattern, Scoped<THandler>(endpoints.ServiceProvider));
    }

    private static Func<EsmsCallback, CancellationToken, Task> Scoped<THandler>(IServiceProvider services)
        where THandler : class, IEsmsCallbackHandler => async (callback, cancellationToken) =>
        {
            var scope = services.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
            {
                await scope.ServiceProvider.GetRequiredService<THandler>().HandleAsync(callback, cancellationToken).ConfigureAwait(false);
            }
        };

    private static EsmsReceiverOptions Options(IServiceProvider services)
    {
        var options = new EsmsReceiverOptions();
        foreach (var configuration in services.GetServices<Configuration>())
        {
            configuration.Configure(options);
        }

        return options;
    }

    private sealed record Configuration(Action<EsmsReceiverOptions> Configure);
}
