// The part of Node's assert that recipes use; @types/node would bring all of Node into a frontend's code.
declare module "node:assert/strict" {
    interface Assert {
        ok(value: unknown, message?: string): asserts value;
        equal(actual: unknown, expected: unknown, message?: string): void;
        deepEqual(actual: unknown, expected: unknown, message?: string): void;
    }
    const assert: Assert;
    export default assert;
}
