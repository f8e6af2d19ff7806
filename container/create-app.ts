import {
  asAppException,
  Cache,
  consoleLogger,
  contextLogger,
  createDataSource,
  createHttpApplication,
  type HttpApplication,
  type HttpApplicationOptions,
  type Logger,
  Mistakes,
  ModelDataSource,
  modelWarnings,
  type OpenApiDocument,
  placeOfCall,
  RateLimiter,
  Registry,
  silentLogger,
} from 'plinth'
import { Application, type ApplicationParts } from './application.js'
import { Container } from './container.js'
import type { CreateAppOptions } from './create-app-options.js'
import { checkClassesOf, healthOf, verifyChecks } from './health-checks.js'
import { clockKey, loggerKey } from './keys.js'
import type { Provided } from './provider.js'
import { authenticateOf, userProvidersOf } from './user-providers.js'
import { verifyOptions } from './verify-options.js'
import { servicesOf, verifyEntities, verifyServiceLimits } from './verify-services.js'

type Translate = NonNullable<HttpApplicationOptions['translate']>
type Parts = Pick<
  HttpApplicationOptions,
  'dataSource' | 'instances' | 'logger' | 'translate' | 'cache' | 'rateLimiter' | 'authenticate' | 'health'
>

/**
 * Makes an application: checks every declaration, connects to the database, and is ready to answer.
 * @throws {DefinitionError} with everything that is wrong in entities, viewsets and the container, before it connects.
 */
export async function createApp<const P extends readonly Provided[] = readonly []>(
  options: CreateAppOptions<P>,
): Promise<Application> {
  verifyOptions(options, [placeOfCall(createApp)])
  const { drainLimit = 10_000, drainDelay = 0 } = options
  const logger = contextLogger(options.logger ?? consoleLogger())
  const dataSource = dataSourceOf(options, logger)
  const stopListening = dataSource.events.listen(...(options.listeners ?? []))
  try {
    return await applicationOf(options, { dataSource, logger, drainLimit, drainDelay, stopListening })
  } catch (error) {
    stopListening()
    throw error
  }
}

/** An application as OpenAPI 3.1 describes it, and what the document cannot say, in sentences. */
export interface DescribedApp {
  readonly document: OpenApiDocument
  readonly warnings: readonly string[]
}

/**
 * Describes the application that options make, as it would run. Nothing is connected to.
 * @throws {DefinitionError} with everything that is wrong in entities, viewsets and the container.
 */
export function describeApp<const P extends readonly Provided[] = readonly []>(
  options: CreateAppOptions<P>,
): DescribedApp {
  verifyOptions(options, [placeOfCall(describeApp)])
  // These would connect to what they are kept in.
  const { cache: _cache, rateLimiter: _rateLimiter, ...rest } = options
  const { http } = compiled(rest, dataSourceOf(rest, silentLogger), silentLogger)
  return { document: http.openapi(), warnings: http.openapiWarnings() }
}

async function applicationOf(
  options: CreateAppOptions,
  own: Pick<ApplicationParts, 'dataSource' | 'drainLimit' | 'drainDelay' | 'stopListening'> & {
    readonly logger: Logger
  },
): Promise<Application> {
  const { dataSource, logger } = own
  const { container, http, cache, rateLimiter } = compiled(options, dataSource, logger)
  const ownsDataSource = !dataSource.isInitialized
  if (ownsDataSource) await dataSource.initialize()
  for (const { message, ...fields } of modelWarnings(dataSource)) logger.warn(message, fields)
  return new Application({
    ...own,
    container,
    http,
    ownsDataSource,
    ...(cache !== options.cache && { cache }),
    ...(rateLimiter !== options.rateLimiter && { rateLimiter }),
  })
}

/** Checks every declaration, and makes what does not need the database. */
function compiled(options: CreateAppOptions, dataSource: ModelDataSource, logger: Logger) {
  const mistakes = new Mistakes()
  dataSource.verify(mistakes)
  const cache = cacheOf(options, dataSource, logger)
  const rateLimiter = rateLimiterOf(options, logger)
  const container = containerOf(options, { dataSource, logger, cache, rateLimiter })
  verifyEntities(options, dataSource, mistakes)
  const made = [...userProvidersOf(options.authenticate), ...checkClassesOf(options.health)]
  container.verify([...servicesOf(options), ...made], mistakes)
  verifyChecks(options.health, container, mistakes)
  verifyServiceLimits(options, mistakes)
  const translate: Translate = (error) => options.translate?.(error) ?? asAppException(error, dataSource)
  const authenticate = authenticateOf(options.authenticate, container)
  const http = httpOf(options, {
    dataSource,
    instances: container,
    logger,
    cache,
    rateLimiter,
    mistakes,
    translate,
    ...(authenticate && { authenticate }),
    ...(options.health && { health: healthOf(options.health, container) }),
  })
  return { container, http, cache, rateLimiter }
}

function httpOf(
  {
    entities: _entities,
    services: _services,
    providers: _providers,
    dataSource: _dataSource,
    cache: _cache,
    rateLimiter: _rateLimiter,
    listeners: _listeners,
    authenticate: _authenticate,
    clock: _clock,
    drainLimit: _drainLimit,
    drainDelay: _drainDelay,
    health: _health,
    ...options
  }: CreateAppOptions,
  parts: Parts & { readonly mistakes: Mistakes },
): HttpApplication {
  try {
    return createHttpApplication({ ...options, ...parts, viewSets: options.viewSets ?? [] })
  } catch (error) {
    // Where entities are wrong they cannot be described either; what is wrong with them says more.
    parts.mistakes.throwIfAny()
    throw error
  }
}

function dataSourceOf({ dataSource, entities = [], clock }: CreateAppOptions, logger: Logger): ModelDataSource {
  if (dataSource instanceof ModelDataSource) return dataSource
  const onHookError = (error: unknown): void => logger.error('A hook of a unit of work failed.', { error })
  return createDataSource({ onHookError, ...dataSource, entities, ...(clock && { clock }) })
}

function cacheOf({ cache, clock }: CreateAppOptions, dataSource: ModelDataSource, logger: Logger): Cache {
  return cache instanceof Cache ? cache : new Cache({ logger, clock: clock ?? dataSource.clock, ...cache })
}

function rateLimiterOf({ rateLimiter }: CreateAppOptions, logger: Logger): RateLimiter {
  return rateLimiter instanceof RateLimiter ? rateLimiter : new RateLimiter({ logger, ...rateLimiter })
}

/** Everything can ask for the data source, the registry, the logger and the clock; what the application provides wins. */
function containerOf(
  options: CreateAppOptions,
  {
    dataSource,
    logger,
    cache,
    rateLimiter,
  }: Required<Pick<ApplicationParts, 'dataSource' | 'cache' | 'rateLimiter'>> & { readonly logger: Logger },
): Container {
  const own: readonly Provided[] = [
    { provide: ModelDataSource, useValue: dataSource },
    { provide: Registry, useValue: dataSource.registry },
    { provide: loggerKey, useValue: logger },
    { provide: Cache, useValue: cache },
    { provide: RateLimiter, useValue: rateLimiter },
    { provide: clockKey, useValue: options.clock ?? dataSource.clock },
  ]
  const context = { dataSource, logger, rateLimiter }
  return new Container({ providers: [...own, ...(options.providers ?? [])], context, logger })
}
