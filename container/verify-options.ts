import { type HttpApplicationOptions, type OptionNames, requireKnown } from 'plinth'
import type { CreateAppOptions } from './create-app-options.js'

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
}

type Problems = NonNullable<HttpApplicationOptions['problems']>
type Limits = NonNullable<HttpApplicationOptions['limits']>
const problemOptions: OptionNames<Problems> = {
  typeBase: true,
  challenge: true,
  validationStatus: true,
  exposeErrors: true,
}
const limitOptions: OptionNames<Limits> = { body: true, depth: true, target: true }

/**
 * Looks for options that an application does not have.
 * @throws {DefinitionError} `E_OPTION`.
 */
export function verifyOptions(options: CreateAppOptions, places: readonly string[]): void {
  requireKnown(options, appOptions, { subject: 'The application', places })
  requireKnown(options.problems, problemOptions, { subject: 'The application', places, kind: 'option of `problems`' })
  requireKnown(options.limits, limitOptions, { subject: 'The application', places, kind: 'option of `limits`' })
}
