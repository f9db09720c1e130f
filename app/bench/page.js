// Evaluated in a page of the course: asks an engine of its own, in a worker made
// as the course makes it. courselabBench(input) resolves with the output.
(() => {
  let worker = null;
  let waiting = null;
  const start = async () => {
    const lab = globalThis.courselab;
    const module = await lab.engineModule(() => {});
    const script = "importScripts(" + JSON.stringify(lab.absolute("assets/worker.js")) + ");";
    worker = new Worker(URL.createObjectURL(new Blob([script], {type: "text/javascript"})));
    await new Promise((resolve, reject) => {
      worker.onmessage = ({data}) => {
        if (data.type === "ready") resolve();
        if (data.type === "fatal") { reject(new Error(data.message)); if (waiting) waiting.reject(new Error(data.message)); }
        if (data.type !== "reply" || !waiting) return;
        const reply = JSON.parse(data.json);
        if (reply.kind === "done") waiting.resolve(JSON.parse(new TextDecoder().decode(data.output)));
        if (reply.kind === "failed" || reply.kind === "cancelled") waiting.reject(new Error(data.json));
      };
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage({
        type: "init", module, base: lab.absolute(""), wasmExec: lab.absolute("assets/wasm_exec.js"),
        kernel: lab.absolute("assets/kernel.wasm"), kernelRelaxed: lab.absolute("assets/kernel-relaxed.wasm"), params: {},
      });
    });
  };
  let id = 0;
  globalThis.courselabBench = async (version, input) => {
    if (!worker) await start();
    id++;
    return new Promise((resolve, reject) => {
      waiting = {resolve, reject};
      worker.postMessage({type: "request", json: JSON.stringify({request: {version, id, op: "bench", input}})});
    });
  };
})()
