import type { Mistakes } from '../errors/definition-error.js'
import { isSameApplication } from './application.js'
import { labelOf } from './applied-traits.js'
import type { Contributed, Model } from './model.js'
import type { Declaration } from './rule.js'

type Declared = Contributed<Declaration>

/** Adds the properties that two rules of one kind of write both say they set. */
export function verifyWrites(model: Model, mistakes: Mistakes): void {
  const { insert, update, delete: deletes, enter, leave } = model.rules
  // A delete that keeps its rows is an update too.
  const kinds = { insert, update, delete: [...deletes, ...update], enter, leave }
  const reported = new Set<string>()
  for (const [kind, rules] of Object.entries(kinds) as [string, readonly Declared[]][]) {
    for (const { first, second, property } of clashes(model, rules)) {
      const key = [property, labelOf(first.contributor), labelOf(second.contributor)].sort().join()
      if (!reported.has(key)) report(model, kind, { first, second, property }, mistakes)
      reported.add(key)
    }
  }
}

interface Clash {
  readonly first: Declared
  readonly second: Declared
  readonly property: string
}

function clashes(model: Model, rules: readonly Declared[]): readonly Clash[] {
  return rules.flatMap((first, index) =>
    rules.slice(index + 1).flatMap((second) =>
      (first.sets ?? [])
        .filter((property) => second.sets?.includes(property))
        .filter(() => !isSameApplication(first.contributor, second.contributor))
        .filter((property) => !yields(model, first, second, property) && !yields(model, second, first, property))
        .map((property) => ({ first, second, property })),
    ),
  )
}

/** Whether the later rule says that it writes over the earlier one, and surely runs after it. */
function yields({ traits }: Model, earlier: Declared, later: Declared, property: string): boolean {
  const { requires = [], after = [] } =
    traits.find((applied) => isSameApplication(applied, later.contributor))?.definition ?? {}
  return (later.overrides?.includes(property) ?? false) && [...requires, ...after].includes(earlier.contributor.trait)
}

function report(model: Model, kind: string, { first, second, property }: Clash, mistakes: Mistakes): void {
  mistakes.add({
    code: 'E_SET_TWICE',
    subject: model.name,
    problem: `two rules for ${kind} set "${property}", so that one of them has no effect.`,
    places: [first, second].map(({ contributor }) => labelOf(contributor)).sort(),
    remedy: 'Keep one of the traits, or let one come `after` the other and name the property in `overrides`.',
  })
}
