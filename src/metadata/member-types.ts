import 'reflect-metadata'

/** The recorded types of a method's parameters; where an undecorated method overrides another, those of that one. */
export function parameterTypes(prototype: object, method: string): readonly unknown[] {
  return (Reflect.getMetadata('design:paramtypes', prototype, method) as readonly unknown[] | undefined) ?? []
}

/** The recorded type of a property, or undefined where no decorator made the compiler record it. */
export function propertyType(prototype: object, property: string): unknown {
  return Reflect.getMetadata('design:type', prototype, property) as unknown
}
