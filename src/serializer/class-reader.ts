import type { FieldError } from '../errors/app-exception.js'
import { pointerTo } from '../errors/json-pointer.js'
import { andThen } from '../helpers/awaitable.js'
import type { Naming } from '../helpers/naming.js'
import { whenAsked } from '../helpers/when-asked.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import { below, firstNamed, isObject, notAnObject, unknownMember } from './body-errors.js'
import { conditionalProperties, type MemberType, memberTypes } from './member-type.js'
import { ruleCheck } from './validation-rules.js'
import { type ValueReader, valueReader } from './value-reader.js'

/** How the objects of classes are read. */
export interface ClassReading {
  readonly naming: Naming
  /** The object that rules are asked about, before it has what was read. */
  readonly made: (target: AnyClass) => object
  /** Whether members that are missing or null are no mistake, because others are there already. */
  readonly partial: boolean
}

/** Bodies become instances: their constructors have run, so that defaults of their classes hold. */
export const constructed = (target: AnyClass): object => new (target as new () => object)()

/** What is stored as it was sent has no defaults, so that rules are asked about just that. */
export const bare = (target: AnyClass): object => Object.create(target.prototype as object) as object

/**
 * Compiles a class whose properties have rules of class-validator into a reader of JSON objects. Members without a rule are
 * refused, at any depth; members that are typed by a class with rules are read as instances of it.
 */
export function compileClass(target: AnyClass, reading: ClassReading): ValueReader {
  return compile(target, reading, new Map())
}

/** The readers of classes that lie in one another, which may go round in circles. */
type Known = Map<AnyClass, () => ValueReader>

function compile(target: AnyClass, reading: ClassReading, known: Known): ValueReader {
  const { naming, made, partial } = reading
  const types = memberTypes(target)
  const names = new Map([...types.keys()].map((name) => [naming.outside(name), name]))
  const readers = readersOf(types, reading, known)
  const conditional = conditionalProperties(target)
  const check = ruleCheck(target)
  const isSkipped = (name: string, value: unknown): boolean => value === null && (partial || conditional.has(name))

  const finish = (values: Readonly<Record<string, unknown>>, errors: FieldError[], failed: ReadonlySet<string>) => {
    const instance = Object.assign(made(target), values)
    const asked = partial ? Object.keys(values).filter((name) => values[name] !== null) : [...types.keys()]
    const about = partial || failed.size > 0 ? new Set(asked.filter((name) => !failed.has(name))) : undefined
    return andThen(check(instance, about), (found) => {
      if (found.length > 0) errors.push(...firstNamed(found, naming))
      return { value: instance, errors }
    })
  }
  return (value) => {
    if (!isObject(value)) return { value, errors: [notAnObject(value)] }
    const values: Record<string, unknown> = {}
    const errors: FieldError[] = []
    const failed = new Set<string>()
    let waiting: Promise<void>[] | undefined
    for (const [outside, given] of Object.entries(value)) {
      const name = names.get(outside)
      if (name === undefined) {
        errors.push(unknownMember(outside))
        continue
      }
      values[name] = given
      const read = readers.get(name)
      if (!read || isSkipped(name, given)) continue
      const taken = andThen(read(given), (part): void => {
        values[name] = part.value
        if (part.errors.length === 0) return
        failed.add(name)
        errors.push(...below(pointerTo(outside), part.errors))
      })
      if (taken instanceof Promise) (waiting ??= []).push(taken)
    }
    if (!waiting) return finish(values, errors, failed)
    return Promise.all(waiting).then(() => finish(values, errors, failed))
  }
}

function readersOf(
  types: ReadonlyMap<string, MemberType>,
  reading: ClassReading,
  known: Known,
): ReadonlyMap<string, ValueReader> {
  const readers = new Map<string, ValueReader>()
  for (const [name, type] of types) {
    // What a list had is replaced by what is sent, so its items are whole.
    const inside = type.kind === 'list' && reading.partial ? { ...reading, partial: false } : reading
    const read = valueReader(type, (target) => lazily(target, inside, inside === reading ? known : new Map()))
    if (read) readers.set(name, read)
  }
  return readers
}

function lazily(target: AnyClass, reading: ClassReading, known: Known): ValueReader {
  const compiled = known.get(target) ?? whenAsked(() => compile(target, reading, known))
  known.set(target, compiled)
  return (value) => compiled()(value)
}
