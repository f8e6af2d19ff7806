import { getMetadataStorage, ValidationTypes } from 'class-validator'
import type { AnyClass } from '../metadata/fact-kind.js'
import { propertyType } from '../metadata/member-types.js'
import { namedType } from './type-metadata.js'

/** What the values of a property of a class are, as far as its decorators and the compiler tell. */
export type MemberType =
  | { readonly kind: 'anything' | 'text' | 'number' | 'boolean' | 'date' }
  /** An object, read by the rules of a class. */
  | { readonly kind: 'class'; readonly target: AnyClass }
  | { readonly kind: 'list'; readonly of: MemberType }
  /** Something that no rules are known of. */
  | { readonly kind: 'foreign'; readonly name: string }

/** A rule as class-validator keeps it. */
export type Rule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number]

/** The rules of class-validator above each property of a class. */
export function rulesByProperty(target: AnyClass): ReadonlyMap<string, readonly Rule[]> {
  const storage = getMetadataStorage()
  return new Map(
    Object.entries(storage.groupByPropertyName(storage.getTargetValidationMetadatas(target, '', true, false))),
  )
}

/** The types of the properties of a class that have rules. */
export function memberTypes(target: AnyClass): ReadonlyMap<string, MemberType> {
  return new Map([...rulesByProperty(target)].map(([name, rules]) => [name, memberType(target, name, rules)]))
}

/** The properties of which null is as good as nothing, or that are looked at only where others say so. */
export function conditionalProperties(target: AnyClass): ReadonlySet<string> {
  return new Set([...rulesByProperty(target)].filter(([, rules]) => rules.some(isConditional)).map(([name]) => name))
}

const isConditional = ({ type }: Rule): boolean => type === ValidationTypes.CONDITIONAL_VALIDATION

/** Whether decorators say that a property holds objects of a class. */
export function saysClass(target: AnyClass, name: string, rules: readonly Rule[]): boolean {
  return rules.some(({ type }) => type === ValidationTypes.NESTED_VALIDATION) || namedType(target, name) !== undefined
}

/** The type of a property: the one that `@Type` names, or the compiler recorded, or the rules are about. */
export function memberType(target: AnyClass, name: string, rules: readonly Rule[]): MemberType {
  const recorded = propertyType(target.prototype as object, name)
  // JSON has no sets and maps, whatever is in them.
  const named = recorded === Set || recorded === Map ? undefined : namedType(target, name)?.type
  const asked = saysClass(target, name, rules)
  const isList = recorded === Array || (isUntold(recorded) && rules.some(isAboutLists))
  if (!isList) return single(named ?? recorded, rules, asked)
  const each = rules.filter((rule) => rule.each)
  return { kind: 'list', of: single(named, each, asked) }
}

const scalars = new Map<unknown, 'text' | 'number' | 'boolean' | 'date'>([
  [String, 'text'],
  [Number, 'number'],
  [Boolean, 'boolean'],
  [Date, 'date'],
])

/** What the compiler records of interfaces, unions and type parameters. */
const isUntold = (recorded: unknown): boolean => recorded === undefined || recorded === Object

/** @param asked whether it is said that a class is meant, be it one without rules. */
function single(type: unknown, rules: readonly Rule[], asked: boolean): MemberType {
  const scalar = scalars.get(type)
  if (scalar) return { kind: scalar }
  if (isUntold(type)) return asked ? { kind: 'foreign', name: 'Object' } : { kind: typeOfRules(rules) }
  const target = type as AnyClass
  if (rulesByProperty(target).size > 0) return { kind: 'class', target }
  return { kind: 'foreign', name: target.name }
}

const kindsOfRules: Readonly<Record<string, 'text' | 'number' | 'boolean' | 'date'>> = {
  isInt: 'number',
  isNumber: 'number',
  isPositive: 'number',
  isNegative: 'number',
  isDivisibleBy: 'number',
  min: 'number',
  max: 'number',
  isBoolean: 'boolean',
  isDate: 'date',
  minDate: 'date',
  maxDate: 'date',
  isString: 'text',
}

function typeOfRules(rules: readonly Rule[]): 'anything' | 'text' | 'number' | 'boolean' | 'date' {
  return rules.flatMap(({ name }) => kindsOfRules[name ?? ''] ?? [])[0] ?? 'anything'
}

const listRules: readonly string[] = [
  'isArray',
  'arrayMinSize',
  'arrayMaxSize',
  'arrayNotEmpty',
  'arrayUnique',
  'arrayContains',
  'arrayNotContains',
]

const isAboutLists = ({ name, each }: Rule): boolean => each || listRules.includes(name ?? '')
