/** Errors of statements that had been prepared for other columns. */
const outdated = new WeakSet<object>()

/** Notes that an error of a driver says so: only whoever sent the statement knows that it was prepared. */
export function noteOutdatedPlan(driverError: Error): void {
  outdated.add(driverError)
}

/** Whether a driver's error says that the columns of a table have changed since a statement was prepared. */
export function isOutdatedPlan(driverError: object): boolean {
  return outdated.has(driverError)
}
