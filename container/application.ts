import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type {
  Cache,
  HttpApplication,
  Measurements,
  ModelDataSource,
  OpenApiDocument,
  RateLimiter,
  Registry,
  RouteDescription,
} from 'plinth'
import type { Container } from './container.js'
import type { InjectionKey } from './injection-key.js'
import { type Address, listening, serverOf, stopped } from './server.js'

/** What an application is made of. */
export interface ApplicationParts {
  readonly dataSource: ModelDataSource
  readonly container: Container
  readonly http: HttpApplication
  /** How long `close` waits for requests that are being answered, in milliseconds. */
  readonly drainLimit: number
  /** How long `close` goes on taking connections once the application is not ready, in milliseconds. */
  readonly drainDelay: number
  /** A cache that is closed with the application. */
  readonly cache?: Cache
  /** A limiter that is closed with the application. */
  readonly rateLimiter?: RateLimiter
  /** Whether the data source is closed with the application. */
  readonly ownsDataSource: boolean
  /** Ends what the application has let hear of the writes of the data source. */
  readonly stopListening: () => void
}

/** A running application: its data source, its instances and its routes. It shares nothing with any other. */
export class Application {
  readonly dataSource: ModelDataSource
  readonly #parts: ApplicationParts
  readonly #server: Server
  #closed: Promise<void> | undefined

  constructor(parts: ApplicationParts) {
    this.dataSource = parts.dataSource
    this.#parts = parts
    this.#server = serverOf(parts.http.handler)
  }

  get registry(): Registry {
    return this.dataSource.registry
  }

  /** Every route, in the order in which they are tried. */
  get routes(): readonly RouteDescription[] {
    return this.#parts.http.routes
  }

  /** The description of the application by OpenAPI 3.1. */
  openapi(): OpenApiDocument {
    return this.#parts.http.openapi()
  }

  /** What the document cannot say, in sentences, each about one action. */
  openapiWarnings(): readonly string[] {
    return this.#parts.http.openapiWarnings()
  }

  /** What is measured, as it is now: requests, the event loop, connections and units of work. */
  get measurements(): Measurements {
    return this.#parts.http.measurements
  }

  /** Answers requests where the application is part of another server: a listener, or a connect middleware. */
  get handler(): (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void) => void {
    return this.#parts.http.handler
  }

  /**
   * An instance that lives as long as the application, or was made for the caller.
   * @throws {DefinitionError} where it, or something it needs, cannot be made.
   */
  resolve<T>(key: InjectionKey<T>): T {
    return this.#parts.container.resolve(key)
  }

  /**
   * Answers requests at a port, 0 for any that is free; on every interface unless told a host.
   * @throws {Error} where the port is taken, or the application is closed.
   */
  async listen(port: number, host?: string): Promise<Address> {
    if (this.#closed) throw new Error('The application is closed; make another.')
    return listening(this.#server, port, host)
  }

  /**
   * Ends the application: it is not ready any more, after `drainDelay` there are no new connections, every answer closes its own, and once the requests that are being
   * answered are done, or have taken too long, everything the application made is disposed of and its pools are closed.
   * Calling it again waits for the same end.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    const { http, container, dataSource, cache, rateLimiter, ownsDataSource, stopListening } = this.#parts
    const { drainDelay, drainLimit } = this.#parts
    http.withdraw()
    if (drainDelay > 0) await setTimeout(drainDelay)
    await stopped(this.#server, http.drain(), drainLimit)
    await container.close()
    stopListening()
    await cache?.close()
    await rateLimiter?.close()
    if (ownsDataSource && dataSource.isInitialized) await dataSource.destroy()
  }
}
