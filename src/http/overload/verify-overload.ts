import type { Mistakes } from '../../errors/definition-error.js'
import type { OptionNames } from '../../helpers/known-options.js'
import type { OverloadOptions } from './overload-options.js'

export const overloadOptions: OptionNames<OverloadOptions> = {
  activeLimit: true,
  delayLimit: true,
  utilizationLimit: true,
  waitLimit: true,
  retryAfter: true,
}

type Limit = readonly [isSound: (value: number) => boolean, remedy: string]

const whole: Limit = [(value) => Number.isInteger(value) && value >= 1, 'Give a whole number from 1.']
const milliseconds: Limit = [
  (value) => Number.isFinite(value) && value > 0,
  'Give milliseconds above 0; leave it out where there is no limit.',
]
const limits: Readonly<Record<keyof OverloadOptions, Limit>> = {
  activeLimit: whole,
  delayLimit: milliseconds,
  utilizationLimit: [(value) => value > 0 && value < 1, 'Give a part of the time, e.g. 0.98.'],
  waitLimit: milliseconds,
  retryAfter: whole,
}

/** Adds limits that make no sense. */
export function verifyOverload(options: OverloadOptions, hasDataSource: boolean, mistakes: Mistakes): void {
  const add = (problem: string, remedy: string): void =>
    mistakes.add({ code: 'E_OVERLOAD', subject: 'The overload of the application', problem, places: [], remedy })
  for (const [name, [isSound, remedy]] of Object.entries(limits)) {
    const value = options[name as keyof OverloadOptions]
    if (value !== undefined && !(typeof value === 'number' && isSound(value)))
      add(`\`${name}\` is ${String(value)}.`, remedy)
  }
  if (options.waitLimit !== undefined && !hasDataSource)
    add('`waitLimit` is about the pool of a data source, and there is none.', 'Give a data source, or leave it out.')
  const { activeLimit, delayLimit, utilizationLimit, waitLimit } = options
  if ([activeLimit, delayLimit, utilizationLimit, waitLimit].every((limit) => limit === undefined))
    add('it has no limit, so that nothing would be refused.', 'Give one, e.g. { activeLimit: 200 }.')
}
