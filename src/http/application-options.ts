import { clientIpOptions } from '../helpers/client-ip.js'
import { type Optioned, type OptionNames, requireKnown } from '../helpers/known-options.js'
import type { HealthOptions } from './health/health-options.js'
import { requireHealth } from './health/verify-health.js'
import type { HttpApplicationOptions } from './http-application.js'
import type { IdempotencyOptions } from './idempotency/idempotency.js'
import type { RequestLimits } from './limits.js'
import type { MeasurementOptions } from './measurements/measurements.js'
import type { OpenApiOptions } from './openapi/openapi-document.js'
import { overloadOptions } from './overload/verify-overload.js'
import { requireErrorStatuses } from './problem/error-status.js'
import type { ProblemStyle } from './problem/problem.js'

/** The options of an application without a container. */
export const httpApplicationOptions: OptionNames<HttpApplicationOptions> = {
  viewSets: true,
  driver: true,
  prefix: true,
  middleware: true,
  logger: true,
  limits: true,
  cache: true,
  authenticate: true,
  rateLimiter: true,
  problems: true,
  names: true,
  mistakes: true,
  dataSource: true,
  instances: true,
  files: true,
  clientIp: true,
  cursorKeys: true,
  translate: true,
  openapi: true,
  idempotency: true,
  health: true,
  overload: true,
  measurements: true,
}

const problemOptions: OptionNames<ProblemStyle> = {
  typeBase: true,
  challenge: true,
  validationStatus: true,
  exposeErrors: true,
}
const limitOptions: OptionNames<RequestLimits> = { body: true, depth: true, target: true }
const idempotencyOptions: OptionNames<IdempotencyOptions> = { lifetime: true, owner: true }
const documentOptions: OptionNames<OpenApiOptions> = {
  title: true,
  version: true,
  description: true,
  path: true,
  page: true,
  allow: true,
  servers: true,
  security: true,
  problems: true,
}
const measurementOptions: OptionNames<MeasurementOptions> = { eventLoop: true }
const serverOptions: OptionNames<NonNullable<OpenApiOptions['servers']>[number]> = { url: true, description: true }

/** The options of applications that are options themselves. */
type Inner = Pick<
  HttpApplicationOptions,
  'problems' | 'limits' | 'idempotency' | 'clientIp' | 'openapi' | 'overload' | 'measurements'
> & {
  readonly health?: HealthOptions<unknown>
}

/**
 * Looks for options that there are not inside of those of an application.
 * @throws {DefinitionError} `E_OPTION`, `E_PROBLEM_STATUS`.
 */
export function requireInnerOptions(options: Inner, optioned: Optioned): void {
  const { problems, limits, idempotency, clientIp, openapi, health, overload, measurements } = options
  requireKnown(problems, problemOptions, { ...optioned, within: 'problems' })
  requireKnown(limits, limitOptions, { ...optioned, within: 'limits' })
  requireKnown(idempotency, idempotencyOptions, { ...optioned, within: 'idempotency' })
  requireKnown(clientIp, clientIpOptions, { ...optioned, within: 'clientIp' })
  requireKnown(openapi, documentOptions, { ...optioned, within: 'openapi' })
  requireHealth(health, optioned)
  requireKnown(overload, overloadOptions, { ...optioned, within: 'overload' })
  requireKnown(measurements, measurementOptions, { ...optioned, within: 'measurements' })
  requireErrorStatuses(openapi?.problems, optioned)
  for (const server of openapi?.servers ?? []) {
    requireKnown(server, serverOptions, { ...optioned, within: 'openapi.servers' })
  }
}
