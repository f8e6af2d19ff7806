/**
 * What a property of an entity holds. Where it is a lazy relation, reading the property would load it; TypeORM keeps what
 * is loaded already beside it.
 */
export function loadedValue(entity: object, property: string): unknown {
  const isLazy = Object.getOwnPropertyDescriptor(entity, property)?.get !== undefined
  return Reflect.get(entity, isLazy ? `__${property}__` : property)
}

/** Whether a lazy relation is being loaded, or what it was given is not known yet. */
export function isLoading(entity: object, property: string): boolean {
  return Reflect.get(entity, `__promise_${property}__`) !== undefined
}
