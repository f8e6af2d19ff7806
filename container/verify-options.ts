import {
  Cache,
  cacheOptions,
  DefinitionError,
  ModelDataSource,
  type OptionNames,
  RateLimiter,
  rateLimiterOptions,
  requireInnerOptions,
  requireKnown,
  requireOwnOptions,
} from 'plinth'
import type { CreateAppOptions } from './create-app-options.js'
import { requireProviders } from './provider.js'

const appOptions: OptionNames<CreateAppOptions> = {
  entities: true,
  viewSets: true,
  services: true,
  providers: true,
  dataSource: true,
  logger: true,
  clock: true,
  cache: true,
  rateLimiter: true,
  listeners: true,
  drainLimit: true,
  drainDelay: true,
  health: true,
  overload: true,
  measurements: true,
  driver: true,
  authenticate: true,
  clientIp: true,
  prefix: true,
  middleware: true,
  limits: true,
  problems: true,
  translate: true,
  cursorKeys: true,
  openapi: true,
  files: true,
  names: true,
  idempotency: true,
}

/** @throws {DefinitionError} `E_OPTION` for what is no time. */
function requireDelay(delay: number | undefined, places: readonly string[]): void {
  if (delay === undefined || (Number.isFinite(delay) && delay >= 0)) return
  const problem = `\`drainDelay\` is ${String(delay)}.`
  const remedy = 'Give milliseconds from 0, e.g. 5000.'
  throw new DefinitionError([{ code: 'E_OPTION', subject: 'The application', problem, places, remedy }])
}

/**
 * Looks for options that an application does not have.
 * @throws {DefinitionError} `E_OPTION`.
 */
export function verifyOptions(options: CreateAppOptions, places: readonly string[]): void {
  const optioned = { subject: 'The application', places }
  const { dataSource, cache, rateLimiter } = options
  requireKnown(options, appOptions, optioned)
  requireInnerOptions(options, optioned)
  if (!(dataSource instanceof ModelDataSource)) requireOwnOptions(dataSource, { ...optioned, within: 'dataSource' })
  if (!(cache instanceof Cache)) requireKnown(cache, cacheOptions, { ...optioned, within: 'cache' })
  if (!(rateLimiter instanceof RateLimiter)) {
    requireKnown(rateLimiter, rateLimiterOptions, { ...optioned, within: 'rateLimiter' })
  }
  requireDelay(options.drainDelay, places)
  requireProviders(options.providers ?? [], optioned)
}
