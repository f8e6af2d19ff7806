import { type Awaitable, allOf, andThen } from '../helpers/awaitable.js'
import type { PropertyDescription } from '../model/entity-description.js'
import type { CompiledNested, CompiledSerializer } from './compiled-serializer.js'
import type { AnyComputed } from './computed.js'
import type { FieldDecisions, FieldTest } from './field-rule.js'
import { branch, namesOf, type ShowRequest } from './shown-names.js'

/** What a representation consists of: a stored property, rows that a relation leads to, or something made of both. */
export type ShownPart =
  | { readonly property: PropertyDescription }
  | { readonly nested: CompiledNested; readonly parts: readonly ShownPart[] }
  | { readonly name: string; readonly computed: AnyComputed }

/** What representations consist of for a call. */
export interface Shown {
  readonly parts: readonly ShownPart[]
  /** By the names of fields, what is asked of each row: where the answer is no, the field is left out. */
  readonly tests: ReadonlyMap<string, FieldTest>
}

/** Where no rule looks at rows. */
export const untested: Shown['tests'] = new Map()

type Decide = (serializer: CompiledSerializer) => Awaitable<FieldDecisions>

/** What representations consist of, in order, however deep; undefined where a rule looks at rows that others lead to. */
export function shownParts(serializer: CompiledSerializer, request: ShowRequest): Awaitable<Shown | undefined> {
  const decide: Decide = (one) => one.readDecisions(request.call)
  return andThen(decide(serializer), (decisions) => {
    const tests = new Map<string, FieldTest>()
    for (const name of namesOf(serializer, request)) {
      const decision = decisions.get(name)
      if (typeof decision === 'function') tests.set(name, decision)
    }
    const others = tests.size > 0 ? new Map([...decisions].filter(([name]) => !tests.has(name))) : decisions
    return andThen(
      decidedParts(serializer, request, () => others, decide),
      (parts) => parts && { parts, tests },
    )
  })
}

/** The same, unless rules of fields or the caller say otherwise. */
export function usualParts(serializer: CompiledSerializer, action: string | undefined): readonly ShownPart[] {
  const undecided: FieldDecisions = new Map()
  // Nothing is waited for, and nothing must see the rows, where nothing is decided.
  return decidedParts(serializer, action === undefined ? {} : { action }, () => undecided) as readonly ShownPart[]
}

function decidedParts(
  serializer: CompiledSerializer,
  request: Omit<ShowRequest, 'call'>,
  decide: Decide,
  below = decide,
): Awaitable<readonly ShownPart[] | undefined> {
  return andThen(decide(serializer), (decisions) => {
    const names = namesOf(serializer, request).filter((name) => decisions.get(name) !== false)
    if (names.some((name) => typeof decisions.get(name) === 'function')) return undefined
    return together(names.map((name) => partOf(serializer, name, request, below)))
  })
}

function partOf(
  serializer: CompiledSerializer,
  name: string,
  { fields, include }: Omit<ShowRequest, 'call'>,
  decide: Decide,
): Awaitable<ShownPart | undefined> {
  const property = serializer.description.properties.get(name)
  if (property) return { property }
  const nested = serializer.nested.get(name)
  if (!nested) return { name, computed: serializer.definition.spec.computed![name]! }
  const below = { ...branch('fields', fields, name), ...branch('include', include, name) }
  return andThen(decidedParts(nested.serializer, below, decide), (parts) => parts && { nested, parts })
}

function together(given: readonly Awaitable<ShownPart | undefined>[]): Awaitable<readonly ShownPart[] | undefined> {
  return andThen(allOf(given), (parts) => (parts.every(isThere) ? parts : undefined))
}

const isThere = (part: ShownPart | undefined): part is ShownPart => part !== undefined
