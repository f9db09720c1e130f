// scorm.js stands before boot.js in a package for a learning platform (SCORM 1.2
// or 2004). It looks for the platform's API in the windows around the page, opens
// the session and closes it, and offers what lies between:
//
//   courselabHost = {version, sco, learner, name,
//                    state: 'ready' | 'absent' | 'failed', reason,
//                    get(element): text, set(element, value): fault, commit(): fault,
//                    onEnd: called before the session is closed}
//
// A fault is '' or says in words what the platform refused. The course works
// without a platform too: then progress stays in this browser.
(function () {
  'use strict';

  var version = document.documentElement.dataset.scorm;
  var later = version === '2004';
  var object = later ? 'API_1484_11' : 'API';
  var prefix = later ? '' : 'LMS';
  var started = Date.now();
  var ended = false;

  // Which module was launched: a page opened anew within the session has lost the
  // query, and may show another module.
  var session = {get: function () { return ''; }, set: function () {}};
  try {
    var storage = window.sessionStorage;
    session = {
      get: function (key) { return storage.getItem('courselab/' + key) || ''; },
      set: function (key, value) { storage.setItem('courselab/' + key, value); }
    };
  } catch (err) {
    // Denied: the query and the path are all there is.
  }
  var launched = new URLSearchParams(location.search).get('sco') || '';
  var path = /\/lessons\/([^/]+)\//.exec(location.pathname);
  var sco = launched || session.get('sco') || (path ? decodeURIComponent(path[1]) : '');
  keep('sco', sco);

  function keep(key, value) {
    try { session.set(key, value); } catch (err) { /* full: as if denied */ }
  }

  // find walks from a window to its outermost parent. One of another origin
  // throws where its API is looked for, and is passed over.
  function find(w) {
    for (var i = 0; w && i < 100; i++) {
      try {
        if (w[object]) return w[object];
      } catch (err) { /* another origin */ }
      if (w.parent === w) return null;
      w = w.parent;
    }
    return null;
  }

  // opener returns who opened a window, where that may be seen.
  function opener(w) {
    try { return w.opener; } catch (err) { return null; }
  }

  var api = find(window) || find(opener(window)) || find(opener(window.top));

  function call(name) {
    return api[prefix + name].apply(api, Array.prototype.slice.call(arguments, 1));
  }

  function yes(answer) { return answer === true || String(answer) === 'true'; }

  // why puts the platform's last error into words.
  function why() {
    try {
      var code = String(call('GetLastError'));
      if (code === '0' || code === '' || code === 'undefined') return '没有说明原因';
      var text = String(call('GetErrorString', code) || '');
      return '错误 ' + code + (text ? '，' + text : '');
    } catch (err) {
      return '没有说明原因';
    }
  }

  // ask calls the API and returns the fault.
  function ask(what, name) {
    if (ended) return '与学习平台的连接已经结束';
    try {
      return yes(call.apply(null, Array.prototype.slice.call(arguments, 1))) ? '' : what + '（' + why() + '）';
    } catch (err) {
      return what + '（' + (err && err.message || err) + '）';
    }
  }

  var host = {
    version: version,
    sco: sco,
    learner: '',
    name: '',
    state: 'absent',
    reason: '没有找到学习平台的接口',
    get: function (element) {
      try {
        var value = call('GetValue', element);
        return value === undefined || value === null ? '' : String(value);
      } catch (err) {
        return '';
      }
    },
    set: function (element, value) { return ask('学习平台没有收下', 'SetValue', element, value); },
    commit: function () { return ask('学习平台没有保存', 'Commit', ''); },
    onEnd: null
  };
  globalThis.courselabHost = host;

  if (api) {
    var fault = ask('学习平台没有应答', 'Initialize', '');
    host.state = fault ? 'failed' : 'ready';
    host.reason = fault;
  }
  if (host.state === 'ready') {
    host.learner = host.get(later ? 'cmi.learner_id' : 'cmi.core.student_id');
    host.name = host.get(later ? 'cmi.learner_name' : 'cmi.core.student_name');
    keep('learner', host.learner);
    window.addEventListener('pagehide', end);
  } else {
    host.learner = session.get('learner');
  }

  // end closes the session so that the learner can go on another day.
  function end() {
    if (ended) return;
    if (host.onEnd) host.onEnd();
    host.set(later ? 'cmi.session_time' : 'cmi.core.session_time', duration(Date.now() - started));
    host.set(later ? 'cmi.exit' : 'cmi.core.exit', 'suspend');
    host.commit();
    ask('', later ? 'Terminate' : 'Finish', '');
    ended = true;
  }

  // duration writes milliseconds as PT1H2M3.04S, or as 0001:02:03.04.
  function duration(ms) {
    var hundredths = Math.floor(ms / 10), s = Math.floor(hundredths / 100), h = Math.min(9999, Math.floor(s / 3600));
    var two = function (n) { return String(n).padStart(2, '0'); };
    var rest = two(hundredths % 100);
    if (later) return 'PT' + h + 'H' + Math.floor(s / 60) % 60 + 'M' + s % 60 + '.' + rest + 'S';
    return String(h).padStart(4, '0') + ':' + two(Math.floor(s / 60) % 60) + ':' + two(s % 60) + '.' + rest;
  }
})();
