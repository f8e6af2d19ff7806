/** The methods of a service that write many rows, by those that write one. */
const manyOf = { create: 'createMany', update: 'updateMany', delete: 'deleteMany' } as const

/** A method that writes one row. */
export type WritesOne = keyof typeof manyOf

/** A method that writes rows. */
export type WritesRows = WritesOne | (typeof manyOf)[WritesOne]

/** The method that writes many rows as another one writes one. */
export const manyRowsMethod = (one: WritesOne): WritesRows => manyOf[one]

/**
 * Why the rows of a service must be written one by one; undefined where its method for many rows does all that the one for
 * one row does. A class that overrides the latter alone has made a rule for each row.
 * @param service an instance, or the prototype of a class.
 */
export function whyOneByOne(service: object, one: WritesOne): string | undefined {
  const many = manyOf[one]
  for (let own: object | null = service; own; own = Object.getPrototypeOf(own) as object | null) {
    if (Object.hasOwn(own, many)) return undefined
    if (Object.hasOwn(own, one)) return many in service ? `${one} is overridden` : `it has no ${many}`
  }
  return `it has no ${many}`
}
