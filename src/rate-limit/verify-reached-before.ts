import type { Mistakes } from '../errors/definition-error.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import { type DeclaredLimit, rateLimitsOf } from './rate-limit-fact.js'

/** A class, and those of its methods that can have limits. */
export interface LimitedClass {
  readonly target: AnyClass
  readonly methods: readonly string[]
}

interface LimitedMethod {
  readonly target: AnyClass
  readonly limits: readonly DeclaredLimit[]
}

/**
 * Adds limits that never refuse anything, because another is always reached before. They count together wherever they
 * stand, so another must stand beside them everywhere.
 */
export function verifyReachedBefore(classes: readonly LimitedClass[], mistakes: Mistakes): void {
  const methods = classes.flatMap(({ target, methods: names }) =>
    names.map((name): LimitedMethod => ({ target, limits: rateLimitsOf(target, name) })),
  )
  const told = new Set<string>()
  for (const { target, limits } of methods) {
    for (const limit of limits) {
      const by = alwaysBefore(limit, methods)
      const once = `${target.name} ${limit.place}`
      if (!by || told.has(once)) continue
      told.add(once)
      mistakes.add({
        code: 'E_RATE_LIMIT',
        subject: limit.name === undefined ? target.name : `${target.name}.${limit.name}`,
        problem: `its limit "${limit.key}" (${numbersOf(limit)}) never counts, because "${by.key}" (${numbersOf(by)}) is reached before.`,
        places: [`@RateLimit at ${limit.place}`],
        remedy: 'Give the longer period the larger limit, or leave one of them out.',
      })
    }
  }
}

/** A limit that everything counts for which counts for this one, and that has less of it. */
function alwaysBefore(limit: DeclaredLimit, methods: readonly LimitedMethod[]): DeclaredLimit | undefined {
  const [first = [], ...others] = methods.flatMap(({ limits }) => {
    const use = limits.find((one) => countTogether(one, limit))
    return use ? [limits.filter((one) => isStricter(one, use))] : []
  })
  return first.find((one) => others.every((limits) => limits.some((other) => countTogether(other, one))))
}

const countTogether = (one: DeclaredLimit, other: DeclaredLimit): boolean =>
  one.key === other.key && one.limit === other.limit && one.period === other.period && isTried(one) === isTried(other)

const isTried = ({ shadow = false }: DeclaredLimit): boolean => shadow

const isStricter = (one: DeclaredLimit, than: DeclaredLimit): boolean =>
  one !== than &&
  !isTried(one) &&
  one.per === than.per &&
  one.cost === than.cost &&
  one.period >= than.period &&
  one.limit <= than.limit

const numbersOf = ({ limit, period }: DeclaredLimit): string => `${limit} in ${period} s`
