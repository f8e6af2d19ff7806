import type { Awaitable } from '../helpers/awaitable.js'
import type { Naming } from '../helpers/naming.js'
import type { EntityDescription, PropertyDescription, RelationDescription } from '../model/entity-description.js'
import type { OrderingKey } from '../model/scope.js'
import type { Reading } from './compile-reader.js'
import type { RowWriter } from './compile-writer.js'
import type { DocumentCheck } from './document-check.js'
import type { FieldRuleReader } from './field-rule.js'
import type { MemberType } from './member-type.js'
import type { NestedWrite } from './nested-write.js'
import type { RepresentationRequest } from './represent.js'
import type { AnySerializerLike } from './serializer-spec.js'
import type { ShowRequest } from './shown-names.js'
import type { Shown, ShownPart } from './shown-parts.js'

/** Which bodies a serializer reads: of a new row, of all of a row, of a part of it. */
export type InputShape = 'create' | 'replace' | 'patch'

/**
 * Reads a JSON body.
 * @throws {ValidationError} with everything that is wrong with it, at most 100 errors.
 */
export type InputReader = (body: unknown) => Awaitable<Record<string, unknown>>

/** Reads a part of a body; what is wrong with it is part of what is read. */
export type PartReader = (body: unknown) => Awaitable<Reading>

/** A relation as a serializer shows and takes it. */
export interface CompiledNested {
  readonly name: string
  readonly relation: RelationDescription
  readonly serializer: CompiledSerializer
  readonly max: number
  readonly optional: boolean
  readonly write: NestedWrite | 'none'
  readonly orderBy: readonly OrderingKey[]
  readonly scope?: (call: never) => Readonly<Record<string, unknown>>
  /** What the rules about its rows say of a call, by what is done to them. */
  readonly decisions: FieldRuleReader
}

/** A serializer bound to the entity of one data source. */
export interface CompiledSerializer {
  readonly definition: AnySerializerLike
  readonly description: EntityDescription
  /** What its names are called outside. */
  readonly naming: Naming
  /** The stored properties that are shown, in order. */
  readonly shown: readonly PropertyDescription[]
  readonly nested: ReadonlyMap<string, CompiledNested>
  /** Writes the stored properties of one row, for whom and whatever action. */
  readonly write: RowWriter
  /** The names that an action may show, in order; without an action, all of them. */
  names(action?: string): readonly string[]
  /** The name, among all that are shown, that is called so outside. */
  named(outside: string): string | undefined
  /** Whether rules of fields, however deep, let callers see different ones. */
  readonly hasRules: boolean
  /** What an action shows unless its caller asks for something else, and whatever rules of fields say. */
  usualParts(action?: string): readonly ShownPart[]
  /** What a representation consists of for a call; undefined where a rule looks at rows that others lead to. */
  shownTo(request: ShowRequest): Awaitable<Shown | undefined>
  /** The representations of rows, as JSON texts in their order. */
  represent(rows: readonly object[], request: RepresentationRequest): Awaitable<readonly string[]>
  /** @param action whose fields are taken, where that is less than all. */
  reader(shape: InputShape, action?: string): InputReader
  /** The same for a part of a body. @param without members that the surroundings set. */
  partReader(shape: InputShape, without?: readonly string[]): PartReader
  /**
   * The fields that a call may read of every row: what filters, searches and orderings may be about without telling what
   * is not shown. A field whose rule must see the row is not among them.
   */
  readableFields(call: object): Awaitable<ReadonlySet<string>>
  /** The JSON columns whose values are objects of classes with rules. */
  readonly documents: ReadonlyMap<string, MemberType>
  /** What those classes say against values that were merged. */
  readonly checkDocuments: DocumentCheck
  /** What the rules of fields say of reading and of writing. */
  readonly readDecisions: FieldRuleReader
  readonly writeDecisions: FieldRuleReader
}
