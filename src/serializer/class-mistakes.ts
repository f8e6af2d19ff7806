import type { AnyClass } from '../metadata/fact-kind.js'
import { memberType, type Rule, rulesByProperty, saysClass } from './member-type.js'
import { namedType } from './type-metadata.js'

/** What is wrong with a class that bodies or documents are read by. */
export interface ClassMistake {
  readonly problem: string
  readonly remedy: string
}

/** Everything for which a class, or one inside of it, would let in what nobody checks, or nothing at all. */
export function classMistakes(target: AnyClass): readonly ClassMistake[] {
  return mistakesIn(target, new Set())
}

function mistakesIn(target: AnyClass, seen: Set<AnyClass>): readonly ClassMistake[] {
  if (seen.has(target)) return []
  seen.add(target)
  return [...rulesByProperty(target)].flatMap(([name, rules]) => [
    ...documentMistakes(target, name, rules, seen),
    ...dateMistakes(target, name, rules),
  ])
}

/** What is wrong with what decorators say of the objects in one property. */
export function documentMistakes(
  target: AnyClass,
  name: string,
  rules: readonly Rule[],
  seen: Set<AnyClass> = new Set(),
): readonly ClassMistake[] {
  const at = `${target.name}.${name}`
  if (namedType(target, name)?.chosen) {
    return [
      {
        problem: `@Type above ${at} chooses among several classes, which nothing here does.`,
        remedy: 'Name one class, or make a property of each.',
      },
    ]
  }
  const type = memberType(target, name, rules)
  const inner = type.kind === 'list' ? type.of : type
  if (inner.kind === 'class') return mistakesIn(inner.target, seen)
  if (inner.kind !== 'foreign' || !saysClass(target, name, rules)) return []
  if (inner.name === 'Object') {
    return [
      {
        problem: `nothing says which class the objects in ${at} have, so that nothing in them would be checked.`,
        remedy: 'Name it above the property: @Type(() => Part), of class-transformer.',
      },
    ]
  }
  return [
    {
      problem: `${at} holds ${inner.name}, which has no property with a rule, so that nothing in it would be checked.`,
      remedy: `Write decorators of class-validator above the properties of ${inner.name}.`,
    },
  ]
}

/** JSON has no dates, so where texts become dates is said by the type alone. */
function dateMistakes(target: AnyClass, name: string, rules: readonly Rule[]): readonly ClassMistake[] {
  const at = `${target.name}.${name}`
  const type = memberType(target, name, rules)
  const isDate = (type.kind === 'list' ? type.of : type).kind === 'date'
  const ofDates = rules.find((rule) => dateRules.includes(rule.name ?? ''))
  if (ofDates && !isDate) {
    return [
      {
        problem: `"${ofDates.name}" asks for a Date in ${at}, which is sent as a text and stays one.`,
        remedy: 'Write @Type(() => Date), of class-transformer, above it: instants become dates.',
      },
    ]
  }
  const ofTexts = rules.find((rule) => textRules.includes(rule.name ?? ''))
  if (!isDate || !ofTexts) return []
  return [
    {
      problem: `${at} is read as a Date, but "${ofTexts.name}" asks for a text.`,
      remedy: 'Write @IsDate() in its place, or make a text of the property.',
    },
  ]
}

const dateRules: readonly string[] = ['isDate', 'minDate', 'maxDate']
const textRules: readonly string[] = ['isString', 'isDateString', 'isIso8601', 'isRFC3339']
