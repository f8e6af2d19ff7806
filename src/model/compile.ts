import type { Mistakes } from '../errors/definition-error.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import { nameAs, namedAs, tableNameAs } from './application.js'
import { appliedTraits, type Declared, labelOf } from './applied-traits.js'
import type { Columns } from './column.js'
import { compileDeletions } from './deletion.js'
import { matches } from './matches.js'
import type { CompanionTable, CompiledVerb, CompiledView, Contributed, Contributor, Model } from './model.js'
import { all, isStatic, type Predicate } from './predicate.js'
import { madeOf, RefusedTrait } from './refused-trait.js'
import { compileRelationLooks } from './relation-look.js'
import type { Change, Rules } from './rule.js'
import type { Trait } from './trait.js'
import type { Verb, VerbRequirement } from './verb.js'
import { verifyModel } from './verify-model.js'
import { verifyTraitOptions } from './verify-options.js'

/** Compiles the facts about one entity into its model. What is wrong is added to `mistakes`. */
export function compileModel(entity: AnyClass, mistakes: Mistakes): Model {
  const declared = appliedTraits(entity, mistakes)
  const model = compileTraits(entity, declared, mistakes)
  verifyModel(model, mistakes)
  return model
}

/** The model of some traits; one of them that refuses its options is told, and left out. */
function compileTraits(entity: AnyClass, declared: readonly Declared[], mistakes: Mistakes): Model {
  try {
    verifyTraitOptions(declared, mistakes)
    return modelWith(entity, declared, mistakes)
  } catch (error) {
    if (!(error instanceof RefusedTrait)) throw error
    mistakes.add(error.mistakeOf(entity.name))
    return compileTraits(
      entity,
      declared.filter((applied) => applied !== error.applied),
      mistakes,
    )
  }
}

function modelWith(entity: AnyClass, declared: readonly Declared[], mistakes: Mistakes): Model {
  const names = new NameClashes(entity, mistakes)
  const scopes = byName('scope', declared, (trait, options) => namedAs(trait.as, trait.scopes?.(options) ?? {}), names)
  return Object.freeze<Model>({
    entity,
    name: entity.name,
    traits: Object.freeze(declared.map(({ depth: _depth, ...applied }) => Object.freeze(applied))),
    columns: byName('column', declared, columnsOf, names),
    indexes: listed(declared, (trait, options) => trait.indexes?.(options)),
    scopes,
    // Views and verbs are both methods of repositories, so they share one set of names.
    views: byName('method', declared, viewsOf, names),
    verbs: byName('method', declared, verbsOf, names),
    ordering: orderingOf(entity, declared, mistakes),
    rules: rulesOf(declared),
    tables: byName('table', declared, tablesOf, names),
    visible: visibleBy(scopes),
    deletions: compileDeletions(entity, mistakes),
    relationLooks: compileRelationLooks(entity, mistakes),
  })
}

const contributorOf = ({ trait, key, place }: Contributor): Contributor => ({ trait, key, place })

function contributed<T extends object>(part: T, by: Contributor): Contributed<T> {
  return Object.freeze({ ...part, contributor: contributorOf(by) })
}

function byName<T extends object>(
  kind: string,
  traits: readonly Declared[],
  partsOf: (trait: Trait, options: object) => Readonly<Record<string, T>>,
  names: NameClashes,
): Readonly<Record<string, Contributed<T>>> {
  const result: Record<string, Contributed<T>> = {}
  for (const applied of traits) {
    for (const [name, part] of Object.entries(madeOf(applied, () => partsOf(applied.definition, applied.options)))) {
      names.claim(kind, name, applied)
      result[name] = contributed(part, applied)
    }
  }
  return Object.freeze(result)
}

function columnsOf(trait: Trait, options: object): Columns {
  return { ...trait.columns?.(options), ...trait.namedColumns?.(options) }
}

/** A trait's views, those that depend on what they are given as what makes them. */
function viewsOf(trait: Trait, options: object): Readonly<Record<string, CompiledView>> {
  return Object.fromEntries(
    Object.entries(trait.views?.(options) ?? {}).map(([name, view]) => [
      nameAs(trait.as, name),
      typeof view === 'function' ? { make: view } : withOwnScopes(trait, options, view),
    ]),
  )
}

/** A trait names its own scopes as it declares them, whatever it is applied as. */
function withOwnScopes<T extends { readonly without?: readonly string[] }>(trait: Trait, options: object, part: T): T {
  if (!trait.as || !part.without) return part
  const own = trait.scopes?.(options) ?? {}
  return { ...part, without: part.without.map((scope) => (scope in own ? nameAs(trait.as, scope) : scope)) }
}

/** A trait's verbs, each with its input. */
function verbsOf(trait: Trait, options: object): Readonly<Record<string, CompiledVerb>> {
  const inputs = trait.inputs?.(options) ?? {}
  const verbs: Readonly<Record<string, Verb>> = trait.verbs?.(options) ?? {}
  return Object.fromEntries(
    Object.entries(verbs).map(([name, verb]) => [
      nameAs(trait.as, name),
      compiledVerb(withOwnScopes(trait, options, verb), inputs[name] ?? {}),
    ]),
  )
}

function compiledVerb(verb: Verb, input: Columns): CompiledVerb {
  return { ...verb, ...(verb.requires && requiring(verb, verb.requires)), input, unconditional: verb }
}

/** Looks at every row before anything else of a verb does. */
function requiring(verb: Verb, requires: VerbRequirement): Partial<Verb> {
  const requireOf = ({ before }: Change): void => {
    if (!matches(requires.where, before)) throw requires.refused(before)
  }
  return {
    each: (change, context) => {
      requireOf(change)
      return verb.each?.(change, context)
    },
    ...(verb.together && {
      together: async (changes, context) => {
        for (const change of changes) requireOf(change)
        return (await verb.together?.(changes, context)) ?? []
      },
    }),
  }
}

function tablesOf(trait: Trait, options: object): Readonly<Record<string, CompanionTable>> {
  const tables = Object.entries(trait.tables?.(options) ?? {})
  return Object.fromEntries(tables.map(([name, columns]) => [tableNameAs(trait.as, name), { columns }]))
}

/** The default scopes that depend on nothing but the row. */
function visibleBy(scopes: Model['scopes']): Predicate {
  const shown = Object.values(scopes).filter(({ default: byDefault, locked }) => byDefault || locked)
  return all(...shown.map(({ where }) => where).filter(isStatic))
}

function listed<T extends object>(
  traits: readonly Declared[],
  partsOf: (trait: Trait, options: object) => readonly T[] | undefined,
): readonly Contributed<T>[] {
  return Object.freeze(
    traits.flatMap((applied) =>
      (madeOf(applied, () => partsOf(applied.definition, applied.options)) ?? []).map((part) =>
        contributed(part, applied),
      ),
    ),
  )
}

/** The ordering declared nearest to the entity. */
function orderingOf(entity: AnyClass, traits: readonly Declared[], mistakes: Mistakes): Model['ordering'] {
  const candidates = traits
    .map((applied) => ({ applied, ordering: listed([applied], (trait, options) => trait.ordering?.(options)) }))
    .filter(({ ordering }) => ordering.length > 0)
    .sort((a, b) => b.applied.depth - a.applied.depth)
  const [nearest, ...others] = candidates
  const rivals = others.filter(({ applied }) => applied.depth === nearest?.applied.depth)
  if (nearest && rivals.length > 0) {
    mistakes.add({
      code: 'E_ORDERING_TAKEN',
      subject: entity.name,
      problem: 'two traits on one class both set its default ordering.',
      places: [nearest, ...rivals].map(({ applied }) => labelOf(applied)),
      remedy: 'Keep one of them, or take the ordering out of the other by its options.',
    })
  }
  return nearest?.ordering ?? []
}

function rulesOf(traits: readonly Declared[]): Model['rules'] {
  const all = traits.map((applied): { applied: Declared; rules: Rules } => ({
    applied,
    rules: madeOf(applied, () => applied.definition.rules?.(applied.options)) ?? {},
  }))
  const of = <K extends keyof Rules>(kind: K): readonly Contributed<NonNullable<Rules[K]>>[] =>
    Object.freeze(
      all.flatMap(({ applied, rules }) => {
        const rule = rules[kind]
        return rule === undefined ? [] : [contributed(rule, applied)]
      }),
    )
  return Object.freeze({
    insert: of('insert'),
    update: of('update'),
    delete: of('delete'),
    enter: of('enter'),
    leave: of('leave'),
    written: of('written'),
    linked: of('linked'),
  })
}

/** Finds names that two traits both give. */
class NameClashes {
  readonly #entity: AnyClass
  readonly #mistakes: Mistakes
  readonly #owners = new Map<string, Contributor>()

  constructor(entity: AnyClass, mistakes: Mistakes) {
    this.#entity = entity
    this.#mistakes = mistakes
  }

  claim(kind: string, name: string, by: Contributor): void {
    const key = `${kind} ${name}`
    const owner = this.#owners.get(key)
    if (owner) {
      this.#mistakes.add({
        code: 'E_NAME_TAKEN',
        subject: this.#entity.name,
        problem: `two traits declare the ${kind} "${name}".`,
        places: [owner, by].map(labelOf).sort(),
        remedy: 'Keep one of them.',
      })
    }
    this.#owners.set(key, by)
  }
}
