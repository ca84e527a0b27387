// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.platform.Fp16Conversions;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.Set;

/**
 * Elements in C order, from a buffer's position to its limit, and their shape. Memory is shared
 * with the caller, not copied; thread-safe as long as nobody changes it.
 */
public final class NetTensor {
  private final Element element;
  // One of both: texts have no buffer.
  private final Buffer data;
  private final String[] texts;
  private final long[] shape;

  private NetTensor(Element element, Buffer data, String[] texts, long[] shape) {
    this.element = element;
    this.data = data;
    this.texts = texts;
    this.shape = shape.clone();
  }

  /**
   * Makes a tensor over a buffer of the element's type; bytes for INT8, UINT8 and BOOL,
   * shorts for FLOAT16.
   *
   * @param element the type of the elements
   * @param data the elements; its position and limit are left alone
   * @param shape the length of each axis, none for a single number
   * @return the tensor
   * @throws IllegalArgumentException if the buffer is of another type
   */
  public static NetTensor of(Element element, Buffer data, long... shape) {
    boolean fits =
        switch (element) {
          case FLOAT64 -> data instanceof DoubleBuffer;
          case FLOAT32 -> data instanceof FloatBuffer;
          case INT64 -> data instanceof LongBuffer;
          case INT32 -> data instanceof IntBuffer;
          case FLOAT16, INT16 -> data instanceof ShortBuffer;
          case INT8, UINT8, BOOL -> data instanceof ByteBuffer;
          case STRING -> false;
        };
    if (!fits) {
      throw new IllegalArgumentException(element + " in a " + data.getClass().getSimpleName());
    }
    return new NetTensor(element, data, null, shape);
  }

  /**
   * Makes a tensor of texts.
   *
   * @param texts the elements, which are not copied
   * @param shape the length of each axis, none for a single one
   * @return the tensor
   */
  public static NetTensor of(String[] texts, long... shape) {
    return new NetTensor(Element.STRING, null, texts, shape);
  }

  /**
   * Makes a tensor of truth values, which are copied.
   *
   * @param data the elements
   * @param shape the length of each axis, none for a single one
   * @return the tensor
   */
  public static NetTensor of(boolean[] data, long... shape) {
    byte[] bytes = new byte[data.length];
    for (int i = 0; i < data.length; i++) {
      bytes[i] = (byte) (data[i] ? 1 : 0);
    }
    return of(Element.BOOL, ByteBuffer.wrap(bytes), shape);
  }

  /**
   * Makes a tensor of half precision, to which the numbers are rounded: the nearest, of two the
   * even one.
   *
   * @param data the elements, which are copied
   * @param shape the length of each axis, none for a single one
   * @return the tensor
   */
  public static NetTensor ofHalves(float[] data, long... shape) {
    short[] bits = new short[data.length];
    for (int i = 0; i < data.length; i++) {
      bits[i] = Fp16Conversions.floatToFp16(data[i]);
    }
    return of(Element.FLOAT16, ShortBuffer.wrap(bits), shape);
  }

  /** Returns the type of the elements. */
  public Element element() {
    return element;
  }

  /** Returns the length of each axis; a copy. */
  public long[] shape() {
    return shape.clone();
  }

  /** Returns the same elements in another shape. */
  public NetTensor reshaped(long... other) {
    return new NetTensor(element, data, texts, other);
  }

  /** Returns how many elements the shape asks for; the greatest long where that is more. */
  long elements() {
    return elements(shape);
  }

  static long elements(long[] shape) {
    long count = 1;
    for (long length : shape) {
      if (length != 0 && count > Long.MAX_VALUE / length) {
        return Long.MAX_VALUE;
      }
      count *= length;
    }
    return count;
  }

  /** Makes an output without elements. */
  static NetTensor empty(Element element, long... shape) {
    return element == Element.STRING ? of(new String[0], shape) : direct(element, shape);
  }

  /** Allocates direct memory, which onnxruntime can write numbers into. */
  static NetTensor direct(Element element, long... shape) {
    int bytes = Math.toIntExact(Math.multiplyExact(elements(shape), (long) element.size()));
    ByteBuffer memory = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    Buffer data =
        switch (element) {
          case FLOAT64 -> memory.asDoubleBuffer();
          case FLOAT32 -> memory.asFloatBuffer();
          case INT64 -> memory.asLongBuffer();
          case INT32 -> memory.asIntBuffer();
          case FLOAT16, INT16 -> memory.asShortBuffer();
          case INT8, UINT8, BOOL -> memory;
          case STRING -> throw new IllegalStateException("texts have no memory of their own");
        };
    return of(element, data, shape);
  }

  /** True when it is direct memory of that type and shape. */
  boolean canHold(Element wanted, long[] wantedShape) {
    return element == wanted && data != null && data.isDirect() && Arrays.equals(shape, wantedShape);
  }

  /** Returns how many elements are there. */
  long remaining() {
    return texts == null ? data.remaining() : texts.length;
  }

  /**
   * Returns the elements as an array of the element's Java type; bytes for BOOL, the bits of
   * FLOAT16 as shorts. A copy.
   */
  public Object array() {
    if (texts != null) {
      return texts.clone();
    }
    Object array =
        switch (element) {
          case FLOAT64 -> new double[data.remaining()];
          case FLOAT32 -> new float[data.remaining()];
          case INT64 -> new long[data.remaining()];
          case INT32 -> new int[data.remaining()];
          case FLOAT16, INT16 -> new short[data.remaining()];
          case INT8, UINT8, BOOL -> new byte[data.remaining()];
          case STRING -> throw new IllegalStateException("texts in a buffer");
        };
    switch (element) {
      case FLOAT64 -> ((DoubleBuffer) data).duplicate().get((double[]) array);
      case FLOAT32 -> ((FloatBuffer) data).duplicate().get((float[]) array);
      case INT64 -> ((LongBuffer) data).duplicate().get((long[]) array);
      case INT32 -> ((IntBuffer) data).duplicate().get((int[]) array);
      case FLOAT16, INT16 -> ((ShortBuffer) data).duplicate().get((short[]) array);
      case INT8, UINT8, BOOL -> ((ByteBuffer) data).duplicate().get((byte[]) array);
      case STRING -> throw new IllegalStateException("texts in a buffer");
    }
    return array;
  }

  /** Returns numbers of half precision as an array. A copy. */
  public float[] halves() {
    float[] result = new float[data.remaining()];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) getDouble(i);
    }
    return result;
  }

  /** Returns truth values as an array. A copy. */
  public boolean[] booleans() {
    boolean[] result = new boolean[data.remaining()];
    for (int i = 0; i < result.length; i++) {
      result[i] = getLong(i) != 0;
    }
    return result;
  }

  /** Returns a text. */
  public String getText(int index) {
    return texts[index];
  }

  /** Returns a read-only view of numbers, of the buffer type of the element. */
  public Buffer buffer() {
    return switch (element) {
      case FLOAT64 -> ((DoubleBuffer) data).asReadOnlyBuffer();
      case FLOAT32 -> ((FloatBuffer) data).asReadOnlyBuffer();
      case INT64 -> ((LongBuffer) data).asReadOnlyBuffer();
      case INT32 -> ((IntBuffer) data).asReadOnlyBuffer();
      case FLOAT16, INT16 -> ((ShortBuffer) data).asReadOnlyBuffer();
      case INT8, UINT8, BOOL -> ((ByteBuffer) data).asReadOnlyBuffer();
      case STRING -> throw new IllegalStateException("texts have no buffer");
    };
  }

  /** Returns an element as a double. */
  public double getDouble(int index) {
    return switch (element) {
      case FLOAT64 -> ((DoubleBuffer) data).get(data.position() + index);
      case FLOAT32 -> ((FloatBuffer) data).get(data.position() + index);
      case FLOAT16 ->
          Fp16Conversions.fp16ToFloat(((ShortBuffer) data).get(data.position() + index));
      default -> getLong(index);
    };
  }

  /** Returns an element as a whole number; the bytes of UINT8 from 0 to 255. */
  public long getLong(int index) {
    int at = data == null ? index : data.position() + index;
    return switch (element) {
      case INT64 -> ((LongBuffer) data).get(at);
      case INT32 -> ((IntBuffer) data).get(at);
      case INT16 -> ((ShortBuffer) data).get(at);
      case INT8 -> ((ByteBuffer) data).get(at);
      case UINT8, BOOL -> Byte.toUnsignedLong(((ByteBuffer) data).get(at));
      case FLOAT64, FLOAT32, FLOAT16, STRING -> throw new IllegalStateException("no whole numbers in " + element);
    };
  }

  /** True when there is no NaN and no infinity. */
  boolean isFinite() {
    if (element.isFloating()) {
      int count = data.remaining();
      for (int i = 0; i < count; i++) {
        if (!Double.isFinite(getDouble(i))) {
          return false;
        }
      }
    }
    return true;
  }

  /** True when truth values are 0 or 1: ONNX leaves open what others mean. */
  boolean isClean() {
    if (element == Element.BOOL) {
      int count = data.remaining();
      for (int i = 0; i < count; i++) {
        if (getLong(i) > 1) {
          return false;
        }
      }
    }
    return true;
  }

  /** True when every text is there and has a UTF-8 form: no surrogate without its other half. */
  boolean isText() {
    if (texts != null) {
      for (String text : texts) {
        if (text == null || !Texts.encodable(text)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Returns the first text that is not among those, null where there is none. */
  String textOutside(Set<String> known) {
    for (String text : texts) {
      if (!known.contains(text)) {
        return text;
      }
    }
    return null;
  }

  /** Returns the texts as onnxruntime takes them. */
  TextTensor textTensor(OrtEnvironment environment) throws OrtException {
    return TextTensor.create(environment, texts, shape);
  }

  /** Returns a tensor of onnxruntime, over the same memory where that is direct. Of numbers only. */
  OnnxTensor tensor(OrtEnvironment environment) throws OrtException {
    return switch (element) {
      case FLOAT64 -> {
        DoubleBuffer own = (DoubleBuffer) data;
        DoubleBuffer usable =
            isUsable(own.order()) ? own.slice() : DoubleBuffer.wrap((double[]) array());
        yield OnnxTensor.createTensor(environment, usable, shape);
      }
      case FLOAT32 -> {
        FloatBuffer own = (FloatBuffer) data;
        FloatBuffer usable =
            isUsable(own.order()) ? own.slice() : FloatBuffer.wrap((float[]) array());
        yield OnnxTensor.createTensor(environment, usable, shape);
      }
      case INT64 -> {
        LongBuffer own = (LongBuffer) data;
        LongBuffer usable =
            isUsable(own.order()) ? own.slice() : LongBuffer.wrap((long[]) array());
        yield OnnxTensor.createTensor(environment, usable, shape);
      }
      case INT32 -> {
        IntBuffer own = (IntBuffer) data;
        IntBuffer usable =
            isUsable(own.order()) ? own.slice() : IntBuffer.wrap((int[]) array());
        yield OnnxTensor.createTensor(environment, usable, shape);
      }
      case FLOAT16, INT16 -> {
        ShortBuffer own = (ShortBuffer) data;
        ShortBuffer usable =
            isUsable(own.order()) ? own.slice() : ShortBuffer.wrap((short[]) array());
        yield OnnxTensor.createTensor(environment, usable, shape, element.tensorType());
      }
      case INT8, UINT8, BOOL -> {
        ByteBuffer own = (ByteBuffer) data;
        ByteBuffer usable = own.isReadOnly() ? ByteBuffer.wrap((byte[]) array()) : own.slice();
        yield OnnxTensor.createTensor(
            environment, usable.order(ByteOrder.nativeOrder()), shape, element.tensorType());
      }
      case STRING -> throw new IllegalStateException("texts have no memory of their own");
    };
  }

  /**
   * Whether onnxruntime may have the memory itself: it takes direct memory as it is, so numbers in
   * the other order would be read as others; and a read-only view may be that of an output which
   * the same call overwrites.
   */
  private boolean isUsable(ByteOrder order) {
    return !data.isReadOnly() && order == ByteOrder.nativeOrder();
  }

  /** Copies numbers that onnxruntime gave. */
  static NetTensor copyOf(Element element, OnnxTensor tensor) {
    long[] shape = tensor.getInfo().getShape();
    Buffer data =
        switch (element) {
          case FLOAT64 -> tensor.getDoubleBuffer();
          case FLOAT32 -> tensor.getFloatBuffer();
          case INT64 -> tensor.getLongBuffer();
          case INT32 -> tensor.getIntBuffer();
          case FLOAT16, INT16 -> tensor.getShortBuffer();
          case INT8, UINT8, BOOL -> tensor.getByteBuffer();
          case STRING -> throw new IllegalStateException("texts in a buffer");
        };
    return of(element, data, shape);
  }

  @Override
  public String toString() {
    return element + Arrays.toString(shape);
  }
}
