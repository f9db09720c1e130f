// worker.js runs the engine in a dedicated worker. The page makes the worker
// from a Blob that imports this file, so that the page's policy covers it too,
// and sends an "init" message first: {module, base, wasmExec, kernel,
// kernelRelaxed, params}.
//
// A worker drops messages until somebody listens, and Go listens only once it
// runs: what comes before that waits here.
'use strict';

(function () {
  var waiting = [];
  var receive = null;

  // Go sets courselabReceive when it is ready; the setter hands over the backlog.
  Object.defineProperty(self, 'courselabReceive', {
    get: function () { return receive; },
    set: function (f) {
      receive = f;
      while (receive && waiting.length > 0) receive(waiting.shift());
    }
  });

  self.onmessage = function (event) {
    if (event.data && event.data.type === 'init') {
      start(event.data);
    } else if (receive) {
      receive(event.data);
    } else {
      waiting.push(event.data);
    }
  };

  function fatal(err) {
    self.postMessage({type: 'fatal', message: String(err && err.message || err)});
  }

  self.addEventListener('unhandledrejection', function (event) { fatal(event.reason); });

  async function start(init) {
    try {
      importScripts(init.wasmExec);
      var go = new Go();
      var instance = await WebAssembly.instantiate(init.module, go.importObject);
      self.courselabInit = init;
      // The SIMD kernel works on Go's own memory.
      self.courselabMemory = instance.exports.mem;
      await go.run(instance);
      fatal('计算程序已退出');
    } catch (err) {
      fatal(err);
    }
  }
})();
