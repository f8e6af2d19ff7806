import type { ObjectLiteral } from 'typeorm'
import type { EntityReader } from './entity-reader.js'

/** The row that an INSERT is to give back as it is stored, where its statement can. */
export class WantedRow {
  readonly reader: EntityReader
  /** The row; undefined where it has to be read. */
  stored: ObjectLiteral | undefined

  constructor(reader: EntityReader) {
    this.reader = reader
  }
}

const wanted = new WeakMap<object, WantedRow>()

/** Asks for the row that the builder of an INSERT is about to insert. */
export function wantRow(builder: object, reader: EntityReader): WantedRow {
  const row = new WantedRow(reader)
  wanted.set(builder, row)
  return row
}

/** The row that is asked for of a builder. */
export function wantedRowOf(builder: object): WantedRow | undefined {
  return wanted.get(builder)
}
