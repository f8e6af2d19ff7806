import type { Columns, RowData } from 'plinth'

/** Whether some column of the input of a verb refuses its value, of the right type though it is. */
export function isRefused(columns: Columns, input: RowData): boolean {
  return Object.entries(columns).some(([name, { check, nullable, default: otherwise = null }]) => {
    const value = input[name] ?? otherwise
    return check !== undefined && !(value === null && nullable) && check(value).length > 0
  })
}
