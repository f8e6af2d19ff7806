interface Selected {
  [property: string]: true | Selected
}

/** The columns of an entity, as far as they are named here. */
interface Columns {
  readonly columns: readonly { readonly isVirtual: boolean; readonly propertyPath: string }[]
}

/** What names every column of an entity that a property holds, also those that reads leave out unless they are named. */
export function everyColumn({ columns }: Columns): object {
  const selected: Selected = {}
  for (const { isVirtual, propertyPath } of columns) {
    if (isVirtual) continue
    const names = propertyPath.split('.')
    const last = names.pop()!
    let within = selected
    for (const name of names) within = (within[name] ??= {}) as Selected
    within[last] = true
  }
  return selected
}
