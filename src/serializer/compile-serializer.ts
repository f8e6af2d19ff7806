import type { Mistakes } from '../errors/definition-error.js'
import { type Awaitable, andThen } from '../helpers/awaitable.js'
import { asDeclared, type Naming } from '../helpers/naming.js'
import type { EntityDescription } from '../model/entity-description.js'
import { invalidBody } from './body-errors.js'
import { compileInput } from './compile-input.js'
import { compileNested } from './compile-nested.js'
import { compileWriter } from './compile-writer.js'
import type { CompiledSerializer, InputReader, InputShape, PartReader } from './compiled-serializer.js'
import { compileDocuments, documentTypes } from './document-check.js'
import { compileRules, type FieldDecisions } from './field-rule.js'
import { type RepresentationRequest, represent } from './represent.js'
import type { AnySerializerLike } from './serializer-spec.js'
import type { ShowRequest } from './shown-names.js'
import { type Shown, type ShownPart, shownParts, untested, usualParts } from './shown-parts.js'
import { verifyNames } from './verify-names.js'
import { verifySerializer } from './verify-serializer.js'

export type { CompiledSerializer, InputReader, InputShape } from './compiled-serializer.js'

/** Compiles a serializer; what is wrong with it is added to `mistakes`. */
export function compileSerializer(
  serializer: AnySerializerLike,
  description: EntityDescription,
  mistakes: Mistakes,
  { naming = asDeclared, depth = 0 }: { readonly naming?: Naming; readonly depth?: number } = {},
): CompiledSerializer {
  verifySerializer(serializer, description, mistakes)
  verifyNames(serializer, naming, mistakes)
  const compile = (other: AnySerializerLike, target: EntityDescription, level: number) =>
    compileSerializer(other, target, mistakes, { naming, depth: level })
  return new BoundSerializer(
    serializer,
    description,
    compileNested(serializer, description, { mistakes, depth, compile }),
    naming,
  )
}

class BoundSerializer implements CompiledSerializer {
  readonly definition: AnySerializerLike
  readonly description: EntityDescription
  readonly naming: Naming
  readonly nested: CompiledSerializer['nested']
  readonly shown: CompiledSerializer['shown']
  readonly write: CompiledSerializer['write']
  readonly documents: CompiledSerializer['documents']
  readonly checkDocuments: CompiledSerializer['checkDocuments']
  readonly readDecisions: CompiledSerializer['readDecisions']
  readonly writeDecisions: CompiledSerializer['writeDecisions']
  readonly hasRules: boolean
  readonly #names: readonly string[]
  readonly #named: ReadonlyMap<string, string>
  /** What callers may read where no rule says otherwise. */
  readonly #readable: ReadonlySet<string>
  readonly #plain: boolean
  readonly #parts = new Map<string, PartReader>()
  readonly #usual = new Map<string | undefined, readonly ShownPart[]>()

  constructor(
    definition: AnySerializerLike,
    description: EntityDescription,
    nested: CompiledSerializer['nested'],
    naming: Naming,
  ) {
    const { fields, writeOnly = [], computed = {}, rules = {}, actions } = definition.spec
    this.definition = definition
    this.description = description
    this.naming = naming
    this.nested = nested
    const read = fields.filter((name) => !writeOnly.includes(name))
    this.shown = read.flatMap((name) => description.properties.get(name) ?? [])
    this.#names = [
      ...read.filter((name) => description.properties.has(name) || nested.has(name)),
      ...Object.keys(computed),
    ]
    this.#readable = new Set(this.#names)
    this.#named = new Map(this.#names.map((name) => [naming.outside(name), name]))
    this.write = compileWriter(this.shown, naming)
    const properties = fields.flatMap((name) => description.properties.get(name) ?? [])
    this.documents = documentTypes(definition.entity, properties)
    this.checkDocuments = compileDocuments(this.documents, naming, false)
    this.readDecisions = compileRules(rules, 'read')
    this.writeDecisions = compileRules(rules, 'write')
    this.hasRules = Object.keys(rules).length > 0 || [...nested.values()].some((one) => one.serializer.hasRules)
    this.#plain = this.#names.length === this.shown.length && actions === undefined && Object.keys(rules).length === 0
  }

  names(action?: string): readonly string[] {
    const { actions = {} } = this.definition.spec
    const fields = action !== undefined && Object.hasOwn(actions, action) ? actions[action] : undefined
    const shown = fields && 'read' in fields ? fields.read : Array.isArray(fields) ? (fields as string[]) : undefined
    return shown ? this.#names.filter((name) => shown.includes(name)) : this.#names
  }

  named(outside: string): string | undefined {
    return this.#named.get(outside)
  }

  usualParts(action?: string): readonly ShownPart[] {
    const known = this.#usual.get(action) ?? usualParts(this, action)
    this.#usual.set(action, known)
    return known
  }

  shownTo(request: ShowRequest): Awaitable<Shown | undefined> {
    const isUsual = !this.hasRules && !request.fields && !request.include
    return isUsual ? { parts: this.usualParts(request.action), tests: untested } : shownParts(this, request)
  }

  represent(rows: readonly object[], request: RepresentationRequest) {
    if (this.#plain && !request.fields) return rows.map(this.write)
    return represent(this, rows, request)
  }

  reader(shape: InputShape, action?: string): InputReader {
    const read = compileInput(this, { shape, ...(action !== undefined && { action }) })
    return (body) =>
      andThen(read(body), ({ values, errors }) => {
        if (errors.length > 0) throw invalidBody(errors)
        return values
      })
  }

  partReader(shape: InputShape, without: readonly string[] = []): PartReader {
    const key = `${shape} ${without.join(' ')}`
    const known = this.#parts.get(key) ?? compileInput(this, { shape, without })
    this.#parts.set(key, known)
    return known
  }

  readableFields(call: object) {
    const readable = (decisions: FieldDecisions): ReadonlySet<string> => {
      if (decisions.size === 0) return this.#readable
      return new Set(
        this.#names
          .filter((name) => decisions.get(name) ?? true)
          .filter((name) => typeof decisions.get(name) !== 'function'),
      )
    }
    return andThen(this.readDecisions(call), readable)
  }
}
