import type { CompiledView } from './model.js'
import { all, isNull, isPredicate, propertiesOf, related, relatedIn } from './predicate.js'
import type { View } from './scope.js'

/** Pairs of things a view may be given. What it names for both of a pair it names whatever it is given. */
const pairs: readonly (readonly [unknown, unknown])[] = [
  ['plinth-one', 'plinth-two'],
  [1, 2],
  [new Date(0), new Date(1)],
  [['plinth-one'], ['plinth-two']],
]

/** More than any view takes. */
const arity = 8

/**
 * What a view names in any case: a view that depends on what it is given is tried with some values, and what it makes of
 * them alike is what can be checked before anybody uses it. A view that refuses all of them names nothing.
 */
export function viewOutline({ make, ...view }: CompiledView): View {
  if (!make) return view
  const tried = pairs.map((pair) => pair.map((value) => namesIn(attempt(make, value))))
  const common = (kind: keyof Names) => [
    ...new Set(tried.flatMap(([one, other]) => one?.[kind].filter((name) => other?.[kind].includes(name)) ?? [])),
  ]
  const where = [...common('properties').map(isNull), ...common('relations').map((name) => related(name))]
  return { without: common('scopes'), where: all(...where) }
}

const texts = (names: readonly unknown[]) => names.filter((name) => typeof name === 'string')

interface Names {
  readonly scopes: readonly string[]
  readonly properties: readonly string[]
  readonly relations: readonly string[]
}

function attempt(make: NonNullable<CompiledView['make']>, value: unknown): View | undefined {
  try {
    return make(...(Array.from({ length: arity }, () => value) as never[]))
  } catch {
    return undefined
  }
}

function namesIn(view: View | undefined): Names {
  const where = view?.where && isPredicate(view.where) ? view.where : all()
  return {
    scopes: texts(view?.without ?? []),
    properties: texts(propertiesOf(where)),
    relations: texts(relatedIn(where).map(({ relation }) => relation)),
  }
}
