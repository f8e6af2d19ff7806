import type { Mistakes } from '../errors/definition-error.js'
import { type OptionNames, unknownOptions } from '../helpers/known-options.js'
import { type Declared, labelOf } from './applied-traits.js'
import { madeOf } from './refused-trait.js'
import type { EnterRule, InsertRule, LeaveRule, LinkedRule, Rule, Rules, WrittenRule } from './rule.js'
import type { Index, Ordering, Scope, View } from './scope.js'
import type { Trait } from './trait.js'
import type { Verb } from './verb.js'

type Names = Readonly<Record<string, true>>

const traitParts: OptionNames<Trait> = {
  name: true,
  defaults: true,
  as: true,
  key: true,
  refers: true,
  requires: true,
  after: true,
  columns: true,
  namedColumns: true,
  indexes: true,
  scopes: true,
  views: true,
  ordering: true,
  rules: true,
  tables: true,
  inputs: true,
  verbs: true,
  lookups: true,
  announces: true,
  refusals: true,
  checks: true,
  laws: true,
  verify: true,
}
const declaration = { sets: true, overrides: true, names: true } as const
const ruleParts: OptionNames<Rule> = {
  ...declaration,
  set: true,
  locks: true,
  each: true,
  guard: true,
  expects: true,
  after: true,
}
const insertParts: OptionNames<InsertRule> = { ...declaration, set: true }
const leaveParts: OptionNames<LeaveRule> = {
  ...declaration,
  by: true,
  among: true,
  locks: true,
  each: true,
  together: true,
  propose: true,
  counts: true,
  after: true,
  settled: true,
}
const enterParts: OptionNames<EnterRule> = { ...leaveParts, outside: true }
const writtenParts: OptionNames<WrittenRule> = { names: true, relations: true, before: true, after: true }
const linkedParts: OptionNames<LinkedRule> = { relations: true, before: true }
const partsOfRules: Readonly<Record<keyof Rules, Names>> = {
  insert: insertParts,
  update: ruleParts,
  delete: ruleParts,
  enter: enterParts,
  leave: leaveParts,
  written: writtenParts,
  linked: linkedParts,
}
const kindsOfRules: OptionNames<Rules> = {
  insert: true,
  update: true,
  delete: true,
  enter: true,
  leave: true,
  written: true,
  linked: true,
}
const verbParts: OptionNames<Verb> = {
  ...ruleParts,
  requires: true,
  without: true,
  hard: true,
  follow: true,
  undoes: true,
  ancestors: true,
  due: true,
  foresight: true,
  together: true,
  named: true,
  answer: true,
}
const scopeParts: OptionNames<Scope> = { where: true, default: true, locked: true, liftedBy: true }
const viewParts: OptionNames<View> = { without: true, where: true }
const indexParts: OptionNames<Index> = { properties: true, path: true, holds: true, unique: true, where: true }
const orderingParts: OptionNames<Ordering> = { property: true, direction: true }

/**
 * Adds the options of traits that their definitions do not name in `defaults`, and the parts of definitions that there are
 * not: the compiler takes both without a word where a function gives them.
 * @throws {RefusedTrait} where a trait cannot be made of its options.
 */
export function verifyTraitOptions(traits: readonly Declared[], mistakes: Mistakes): void {
  for (const applied of traits) {
    const { definition, options } = applied
    const look = (given: unknown, known: Names, kind: string, within?: string): void => {
      const optioned = { subject: `@${applied.trait}`, places: [labelOf(applied)], kind, ...(within && { within }) }
      for (const mistake of unknownOptions(given, known, optioned)) mistakes.add(mistake)
    }
    look(options, trueOf(definition.defaults), 'option')
    madeOf(applied, () => verifyParts(definition, options, look))
  }
}

type Look = (given: unknown, known: Names, kind: string, within?: string) => void

function verifyParts(trait: Trait, options: object, look: Look): void {
  look(trait, traitParts, 'part')
  const rules: Rules = trait.rules?.(options) ?? {}
  look(rules, kindsOfRules, 'rule', 'rules')
  for (const [kind, rule] of Object.entries(rules)) {
    if (kind in partsOfRules) look(rule, partsOfRules[kind as keyof Rules], 'part', `rules.${kind}`)
  }
  each(trait.verbs?.(options), (name, verb) => look(verb, verbParts, 'part', `verbs.${name}`))
  each(trait.scopes?.(options), (name, scope) => look(scope, scopeParts, 'part', `scopes.${name}`))
  each(trait.views?.(options), (name, view) => look(view, viewParts, 'part', `views.${name}`))
  for (const index of trait.indexes?.(options) ?? []) look(index, indexParts, 'part', 'indexes')
  for (const key of trait.ordering?.(options) ?? []) look(key, orderingParts, 'part', 'ordering')
}

function each(parts: Readonly<Record<string, unknown>> | undefined, look: (name: string, part: unknown) => void): void {
  for (const [name, part] of Object.entries(parts ?? {})) look(name, part)
}

const trueOf = (defaults: object): Names =>
  Object.fromEntries(Object.keys(defaults).map((name) => [name, true as const]))
