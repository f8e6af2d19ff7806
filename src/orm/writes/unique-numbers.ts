import { all, gte, lt, lte, type Predicate } from '../../model/predicate.js'
import type { TableStatement } from './table-statement.js'

type Part = (statement: TableStatement) => string

/** Writes the rows that meet a condition, in an order where the engine can, and says how many they are. */
export type WriteNumbers = (set: Part, where: Predicate, order?: Part) => Promise<number>

/** Numbers of rows that must not be the same twice, also not while one statement writes them row by row. */
export class UniqueNumbers {
  readonly #property: string
  readonly #where: Predicate
  readonly #write: WriteNumbers

  constructor(property: string, where: Predicate, write: WriteNumbers) {
    this.#property = property
    this.#where = where
    this.#write = write
  }

  /** Adds to numbers in the order in which each goes to where the one before has been. */
  async shiftInOrder(by: number, from: number, to?: number): Promise<void> {
    await this.#write(
      (sql) => `${sql.column(this.#property)} = ${this.#added(sql, by)}`,
      this.#range(from, to),
      (sql) => ` ORDER BY ${sql.column(this.#property)} ${by > 0 ? 'DESC' : 'ASC'}`,
    )
  }

  /** Adds to numbers by a detour, because no order can be told. */
  async shift(by: number, from: number, to?: number): Promise<void> {
    await this.#detour((sql) => this.#added(sql, by), this.#range(from, to))
  }

  /** Gives the row at `from` the number `to`, and lets those between make room. */
  async rotate(from: number, to: number): Promise<void> {
    const rotated: Part = (sql) => {
      const room = this.#added(sql, to < from ? 1 : -1)
      return `CASE WHEN ${sql.column(this.#property)} = ${sql.bind(from)} THEN ${sql.bind(to)} ELSE ${room} END`
    }
    await this.#detour(rotated, this.#range(Math.min(from, to), Math.max(from, to)))
  }

  /** Ends the detour of numbers by negative ones. */
  turn(): Promise<number> {
    const turned: Part = (sql) => `${sql.column(this.#property)} = -${sql.column(this.#property)}`
    return this.#write(turned, all(this.#where, lt(this.#property, 0)))
  }

  /** By negative numbers, which no other row has. */
  async #detour(number: Part, where: Predicate): Promise<void> {
    const away = await this.#write((sql) => `${sql.column(this.#property)} = -(${number(sql)})`, where)
    if (away > 0) await this.turn()
  }

  #added(sql: TableStatement, by: number): string {
    return `${sql.column(this.#property)} + ${sql.bind(by)}`
  }

  #range(from: number, to?: number): Predicate {
    return all(this.#where, gte(this.#property, from), ...(to === undefined ? [] : [lte(this.#property, to)]))
  }
}
