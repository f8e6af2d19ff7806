/**
 * The JSON of a list whose members are JSON already. Text that is added to text is copied once, when all of it is
 * written; `join` copies each member first.
 */
export function jsonList(members: readonly string[]): string {
  let list = ''
  for (let index = 0; index < members.length; index++) list += index === 0 ? members[index]! : `,${members[index]!}`
  return `[${list}]`
}
