import { checksOf } from '../../model/check.js'
import { all, type Predicate, propertiesOf } from '../../model/predicate.js'
import { schemaSql } from '../schema/column-terms.js'
import { visibleRows } from '../schema/visible-rows.js'
import { columnsOf, type Patient, type Question, tableOf } from './question.js'

/** Rows that a unique index could not hold: they keep it from being made, or were written before it was. */
export function duplicates(patient: Patient): readonly Question[] {
  const { model } = patient
  const indexes = model.indexes.flatMap(({ properties, unique, contributor }): readonly Question[] => {
    if (unique === undefined) return []
    const visible = unique === 'visible' ? visibleRows(model) : { properties: [], where: undefined }
    const by = [...new Set([...visible.properties, ...properties])]
    const rows = unique === 'visible' ? 'visible row' : 'row'
    const problem = `has the same ${by.join(', ')} as another ${rows}, and must not`
    const remedy = `Change or delete all but one of each; ${unique === 'visible' ? 'hidden rows do not count' : 'hidden rows count too'}.`
    return [{ problem, remedy, contributor, ...same(patient, by, visible.where) }]
  })
  const checks = checksOf(model).flatMap((check): readonly Question[] => {
    if (!('duplicates' in check)) return []
    const { problem, remedy, contributor, duplicates: rule } = check
    return [{ problem, remedy, contributor, ...same(patient, rule.by, rule.among) }]
  })
  return [...indexes, ...checks]
}

function same(
  patient: Patient,
  by: readonly string[],
  among: Predicate | undefined,
): Pick<Question, 'columns' | 'condition'> {
  const { dataSource, metadata } = patient
  const names = columnsOf(patient, by)
  const escaped = names.map((name) => dataSource.driver.escape(name))
  const rows = [
    schemaSql(among ?? all(), metadata, dataSource.dialect),
    ...escaped.map((name) => `${name} IS NOT NULL`),
  ].join(' AND ')
  const list = escaped.join(', ')
  return {
    columns: [...names, ...(among ? columnsOf(patient, propertiesOf(among)) : [])],
    condition: `${rows} AND (${list}) IN (SELECT ${list} FROM ${tableOf(patient)} WHERE ${rows} GROUP BY ${list} HAVING COUNT(*) > 1)`,
  }
}
