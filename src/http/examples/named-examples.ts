/** Examples by their names, which documents show. */
export type NamedExamples<T = unknown> = Readonly<Record<string, T>>

/** How a value stands in JSON: dates and integers too large for numbers are texts. */
export type JsonOf<T> = unknown extends T
  ? T
  : T extends Date | bigint
    ? string
    : T extends readonly (infer Item)[]
      ? readonly JsonOf<Item>[]
      : T extends object
        ? { readonly [K in keyof T]: JsonOf<T[K]> }
        : T

/**
 * Examples of what a serializer answers and accepts, with names as they are declared. Those of bodies that are not given are
 * made of the rows.
 */
export type ExamplesOf<S> = S extends {
  readonly $read: infer R
  readonly $create: infer C
  readonly $replace: infer U
  readonly $patch: infer P
}
  ? {
      /** Rows as they are answered, in the order of lists. */
      readonly rows?: NamedExamples<JsonOf<R>>
      /** Bodies of POST. */
      readonly create?: NamedExamples<JsonOf<C>>
      /** Bodies of PUT. */
      readonly replace?: NamedExamples<JsonOf<U>>
      /** Bodies of PATCH. */
      readonly patch?: NamedExamples<JsonOf<P>>
    }
  : never

/** The same without types. */
export interface ShapeExamples {
  readonly rows?: NamedExamples
  readonly create?: NamedExamples
  readonly replace?: NamedExamples
  readonly patch?: NamedExamples
}

/** Examples of what one action takes and answers. */
export interface ActionExamples {
  /** Of its body; names are those of its class. */
  readonly body?: NamedExamples
  /** Of what it answers where it succeeds, as it is answered. */
  readonly answers?: NamedExamples
}

/** The same examples, each changed. */
export function mapExamples(examples: NamedExamples, change: (value: unknown) => unknown): NamedExamples {
  return Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, change(value)]))
}

/** Those of some examples that are good. */
export function keepExamples(examples: NamedExamples, isGood: (value: unknown) => boolean): NamedExamples {
  return Object.fromEntries(Object.entries(examples).filter(([, value]) => isGood(value)))
}
