import type { EntityMetadata, ObjectLiteral } from 'typeorm'
import { writtenBesides } from '../written-besides.js'
import type { EntityReader } from './entity-reader.js'

/** The rows that an INSERT is to give back as they are stored, where its statements can. */
export class WantedRows {
  readonly reader: EntityReader
  readonly #metadata: EntityMetadata
  #stored: ObjectLiteral[] = []
  /** How often rules had written to the table when the last rows were given back. */
  #since = 0

  constructor(metadata: EntityMetadata, reader: EntityReader) {
    this.#metadata = metadata
    this.reader = reader
  }

  /**
   * The rows that were given back, in the order in which they were inserted; fewer where some have to be read, and none
   * where a rule has written to their table since.
   */
  get stored(): readonly ObjectLiteral[] {
    return writtenBesides(this.#metadata) === this.#since ? this.#stored : []
  }

  /** Notes rows that a statement gives back. */
  add(rows: readonly ObjectLiteral[]): void {
    this.#stored.push(...rows)
    this.#since = writtenBesides(this.#metadata)
  }

  /** Forgets what was given back: the call runs again. */
  clear(): void {
    this.#stored = []
  }
}

const wanted = new WeakMap<object, WantedRows>()

/** Asks for the rows that the builder of an INSERT is about to insert. */
export function wantRows(builder: object, metadata: EntityMetadata, reader: EntityReader): WantedRows {
  const rows = new WantedRows(metadata, reader)
  wanted.set(builder, rows)
  return rows
}

/** The rows that are asked for of a builder. */
export function wantedRowsOf(builder: object): WantedRows | undefined {
  return wanted.get(builder)
}
