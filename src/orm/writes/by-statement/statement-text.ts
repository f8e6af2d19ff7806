import type { Driver } from 'typeorm'

/** A statement that is being written, with the values that it binds. */
export class StatementText {
  readonly #driver: Driver
  readonly parameters: unknown[]
  #sql: string

  /** @param parameters what the text binds already. */
  constructor(driver: Driver, sql: string, parameters: unknown[] = []) {
    this.#driver = driver
    this.#sql = sql
    this.parameters = parameters
  }

  get sql(): string {
    return this.#sql
  }

  add(text: string): this {
    this.#sql += text
    return this
  }

  /** Binds a value as the driver is given it. */
  bind(value: unknown): this {
    return this.add(this.placeholderOf(value))
  }

  /** Adds text with the placeholders of values, where those of an engine are all the same. */
  addBound(text: string, values: readonly unknown[]): this {
    for (const value of values) this.parameters.push(value)
    return this.add(text)
  }

  /** What stands for a value, which must be added before another value is. */
  placeholderOf(value: unknown): string {
    this.parameters.push(value)
    return this.#driver.createParameter('', this.parameters.length - 1)
  }
}
