import type { FieldError } from '../errors/app-exception.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import type { ColumnRole } from './column.js'

/** What the values of a property are, as JSON and as they are held in memory. */
export type ValueKind =
  | { readonly kind: 'string'; readonly maxLength?: number }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  | { readonly kind: 'number' | 'boolean' | 'uuid' | 'timestamp' | 'date' | 'time' | 'json' | 'bytes' }
  /** A list of texts that is stored with commas between them. */
  | { readonly kind: 'texts' }
  /** A whole number that may be too large for a JSON number; its text in JSON and in memory. */
  | { readonly kind: 'bigint'; readonly min: bigint; readonly max: bigint }
  /** An exact number: its text in JSON and in memory. */
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'enum'; readonly values: readonly (string | number)[] }
  /** Something this version knows nothing of; it can be neither shown nor accepted. */
  | { readonly kind: 'unknown'; readonly name: string }

/** A stored property of an entity, as its data source has it. */
export interface PropertyDescription {
  readonly name: string
  readonly value: ValueKind
  readonly nullable: boolean
  readonly primary: boolean
  /** Left out of every row that is read, unless it is asked for by name. */
  readonly hidden: boolean
  /** Whether input may set it, were it listed by a serializer. */
  readonly writable: boolean
  /** Whether it keeps the value a new row was given. */
  readonly immutable: boolean
  /** Whether a new row may leave it out. */
  readonly hasDefault: boolean
  /** The value a new row is given where it leaves the property out, where that is known before the row is written. */
  readonly defaultValue?: string | number | boolean
  /** What is wrong with a value, besides its type. Pointers lead from the value. */
  readonly check?: (value: unknown) => readonly FieldError[]
  /** What its value says of the row. */
  readonly role?: ColumnRole
  /** What is known of its JSON values, as JSON Schema. */
  readonly schema?: Readonly<Record<string, unknown>>
}

/** The stored properties of an entity, as its data source has them. */
export interface EntityDescription {
  readonly entity: AnyClass
  readonly properties: ReadonlyMap<string, PropertyDescription>
  /** The properties of the primary key. */
  readonly primary: readonly PropertyDescription[]
  readonly relations: ReadonlyMap<string, RelationDescription>
  /** What its table keeps unique, besides the primary key. */
  readonly uniques: readonly UniqueSet[]
}

/** Properties of which no two rows have the same values. */
export interface UniqueSet {
  readonly properties: readonly string[]
  /** Among the rows that default scopes show, or among all. */
  readonly among: 'visible' | 'always'
}

/** A relation of an entity to another, or to itself. */
export interface RelationDescription {
  readonly name: string
  /** Whether it leads to any number of rows. */
  readonly many: boolean
  /** What holds the link: a key of this entity, a key of the other, or a table of its own. */
  readonly link: 'own' | 'other' | 'table'
  /** Whether there may be no related row. */
  readonly nullable: boolean
  /** The property that holds the key, where that is another than the relation. */
  readonly keyProperty?: string
  /**
   * The property by whose values rows are referred to, where it is a single one: of the related entity where this one holds
   * the key, else of this entity.
   */
  readonly referredTo?: string
  /** The relation the other way, where the other entity has one. */
  readonly inverse?: string
  /** The property of the other entity that holds the key, where it has one of its own. */
  readonly inverseKey?: string
  readonly entity: AnyClass
  /** The related entity; described when it is first asked for, because relations go round in circles. */
  readonly target: () => EntityDescription
}
