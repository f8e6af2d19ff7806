import { hash } from 'node:crypto'
import type { EntityDescription } from '../../model/entity-description.js'
import type { EntityTag } from './entity-tag.js'

type Row = Readonly<Record<string, unknown>>

/** How the validators of the rows of an entity are made, once for all of them. */
export class RowValidators {
  readonly #keys: readonly string[]
  readonly #version: string | undefined
  readonly #lastModified: string | undefined

  constructor({ properties, primary }: EntityDescription) {
    const named = (role: string) => [...properties.values()].find((property) => property.role === role)?.name
    this.#keys = primary.map(({ name }) => name)
    this.#version = named('version')
    this.#lastModified = named('lastModified')
  }

  /** The properties of rows that validators are made of. */
  get properties(): readonly string[] {
    return [...new Set([...this.#keys, this.#version ?? [], this.#lastModified ?? []].flat())]
  }

  /** Whether rows tell that they were written, so that a write can depend on it. */
  get known(): boolean {
    return this.#version !== undefined || this.#lastModified !== undefined
  }

  /** Whether rows have a version, so that their tags are strong. */
  get versioned(): boolean {
    return this.#version !== undefined
  }

  get dated(): boolean {
    return this.#lastModified !== undefined
  }

  /**
   * The tag of a representation. Of a row with a version it is strong: the state of the row, then the representation.
   * Of any other it is weak.
   */
  tagOf(row: object, representation: string): EntityTag {
    const state = this.stateOf(row)
    const digest = digestOf(representation, 16)
    return state === undefined ? { weak: true, opaque: digest } : { weak: false, opaque: `${state}-${digest}` }
  }

  /** What all tags of a row begin with until it is written; undefined where nothing tells that. */
  stateOf(row: object): string | undefined {
    const version = this.#version && ((row as Row)[this.#version] as Date | number | string | null | undefined)
    if (version === undefined || version === null) return undefined
    const key = this.#keys.map((name) => String((row as Row)[name]))
    const text = version instanceof Date ? version.toISOString() : String(version)
    // The same address may lead to another row later.
    return `${/^\w{1,20}$/.test(text) ? text : digestOf(text, 8)}.${digestOf(JSON.stringify(key), 8)}`
  }

  /** When a row was last written, in whole seconds as HTTP has it. */
  lastModifiedOf(row: object): Date | undefined {
    const instant = this.#lastModified && (row as Row)[this.#lastModified]
    return instant instanceof Date ? new Date(Math.floor(instant.getTime() / 1000) * 1000) : undefined
  }

  /** What must still be stored of a row when it is written, so that nobody has written it meanwhile. */
  expectedOf(row: object): Row {
    const name = this.#version ?? this.#lastModified
    return name === undefined ? {} : { [name]: (row as Row)[name] }
  }
}

function digestOf(text: string, length: number): string {
  return hash('sha256', text, 'base64url').slice(0, length)
}
