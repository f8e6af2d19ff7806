import type { Mistakes } from '../../errors/definition-error.js'
import { type Optioned, type OptionNames, requireKnown } from '../../helpers/known-options.js'
import type { CheckOptions } from './health-check.js'
import type { HealthOptions } from './health-options.js'

const healthOptions: OptionNames<HealthOptions> = {
  live: true,
  ready: true,
  allow: true,
  documented: true,
  interval: true,
  database: true,
  cache: true,
  limits: true,
  checks: true,
}
const checkOptions: OptionNames<CheckOptions> = { timeout: true, optional: true }
const builtIn = ['database', 'cache', 'limits'] as const

/**
 * Looks for options that there are not inside of those of health.
 * @throws {DefinitionError} `E_OPTION`.
 */
export function requireHealth(health: HealthOptions<unknown> | undefined, optioned: Optioned): void {
  requireKnown(health, healthOptions, { ...optioned, within: 'health' })
  for (const name of builtIn) requireKnown(health?.[name], checkOptions, { ...optioned, within: `health.${name}` })
  for (const [name, check] of Object.entries(health?.checks ?? {})) {
    if (!isPlain(check)) continue
    requireKnown(check, { ...checkOptions, check: true }, { ...optioned, within: `health.checks.${name}` })
  }
}

/** Adds what makes no sense in the options of health. */
export function verifyHealth({ interval, checks = {}, ...rest }: HealthOptions<unknown>, mistakes: Mistakes): void {
  const add = (problem: string, remedy: string): void =>
    mistakes.add({ code: 'E_HEALTH', subject: 'The health of the application', problem, places: [], remedy })
  if (interval !== undefined && !(Number.isFinite(interval) && interval >= 0))
    add(`\`interval\` is ${String(interval)}.`, 'Give milliseconds from 0, e.g. 1000.')
  for (const name of builtIn) verifyTimeout(`\`${name}\``, rest[name], add)
  for (const [name, check] of Object.entries(checks)) {
    if (builtIn.some((taken) => taken === name))
      add(`a check has the name "${name}", which plinth's own has.`, 'Give it another name.')
    if (!/^[A-Za-z][\w-]*$/.test(name))
      add(`a check has the name ${JSON.stringify(name)}.`, 'Use letters, digits, - and _, e.g. "mail-queue".')
    if (isPlain(check)) verifyTimeout(`the check "${name}"`, check, add)
    if (isCheck(check)) continue
    add(`the check "${name}" is nothing that checks.`, 'Give a function, or an object or class with `check(signal)`.')
  }
}

function verifyTimeout(what: string, given: unknown, add: (problem: string, remedy: string) => void): void {
  const { timeout } = (typeof given === 'object' && given ? given : {}) as CheckOptions
  if (timeout === undefined || (Number.isFinite(timeout) && timeout > 0)) return
  add(`the \`timeout\` of ${what} is ${String(timeout)}.`, 'Give milliseconds above 0, e.g. 500.')
}

function isCheck(given: unknown): boolean {
  return typeof given === 'function' || typeof (given as { check?: unknown } | null | undefined)?.check === 'function'
}

function isPlain(given: unknown): boolean {
  return typeof given === 'object' && given !== null && Object.getPrototypeOf(given) === Object.prototype
}
